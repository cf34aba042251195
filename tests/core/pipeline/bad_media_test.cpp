// SPDX-License-Identifier: MIT
// MPDs, indexes and boxes that are made to hurt, as viewers and operators meet them: an error with a code to the one,
// the upstream's name to the other.
#include <gmock/gmock.h>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/fake_host.hpp>

#include "plugins/filter/cenc/cenc.hpp"
#include "plugins/manifest/dash-to-hls/dash_to_hls.hpp"
#include "plugins/manifest/dash/dash_rewriter.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/plugins/common/sidx_boxes.hpp"
#include "tests/plugins/filter/cenc/boxes.hpp"
#include "tests/plugins/filter/cenc/clip.hpp"

namespace sluice::pipeline::testing {
namespace {

using plugins::isobmff::Sidx;
using sluice::testing::media::Number;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// The filter as the server has it: behind its function table.
struct Cenc final : sdk::Filter {
  using ThroughAbi = sdk::testing::ThroughAbi<sdk::Filter>;

  sdk::Result<std::unique_ptr<sdk::BodyTransform>> OpenBodyFor(const sdk::Call& call, const sdk::ResponseHead& head,
                                                               const sdk::BodyOrigin& origin) override {
    return (*of)->OpenBodyFor(call, head, origin);
  }
  bool LengthPreserving() const noexcept override { return true; }

  std::shared_ptr<ThroughAbi> of;
};

class BadMediaTest : public Served<RewriteFixture> {
 protected:
  InstancePtr Dash() { return InstanceOf<sdk::ManifestRewriter>(plugins::dash::DashRewriter({})); }
  InstancePtr DashToHls() {
    std::unique_ptr<sdk::ManifestRewriter> made =
        std::make_unique<plugins::dash_to_hls::DashToHls>(host_.host(), plugins::dash_to_hls::ConvertOptions{});
    return MakeInstance(std::move(made), "dash-to-hls");
  }
  static Step Decrypt() {
    auto made = sdk::testing::CreateThroughAbi<plugins::cenc::Cenc>(
        std::string_view(R"({"key": "00112233445566778899aabbccddeeff"})"));
    if (!made) throw std::runtime_error(made.error().message);
    Cenc filter;
    filter.of = std::make_shared<Cenc::ThroughAbi>(std::move(*made));
    return Filter(InstanceOf<sdk::Filter>(std::move(filter)));
  }
  void Serve(InstancePtr rewriter) {
    pipelines_.clear();
    Add({Resolve(ResolverTo({.url = origin_.Url("/m.mpd")})), Fetch(), Rewrite({std::move(rewriter)})});
    Use();
  }
  /// What is said to the viewer, and to whoever reads the log.
  void ExpectRefused(const http::testing::RawResponse& reply, const std::string& why) {
    EXPECT_EQ(reply.status, 502) << reply.body;
    EXPECT_THAT(reply.body, HasSubstr("\"code\":\"upstream_failed\""));
    EXPECT_THAT(reply.body, HasSubstr("upstream: " + why));
    EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
    EXPECT_THAT(log(),
                Contains(AllOf(HasSubstr("\"upstream\":\"" + origin_.Url("").substr(7) + "\""), HasSubstr(why))));
  }
  static std::string LinkIn(const std::string& text) {
    const auto at = text.find("/~/");
    return at == std::string::npos ? std::string() : text.substr(at, text.find_first_of("\"\n", at) - at);
  }

  sdk::testing::FakeHost host_;
  std::map<std::string, std::string> files_;  ///< By path.
  Origin origin_{[this](const Origin::Request& request) {
    const auto path = request.line.substr(4, request.line.rfind(' ') - 4);
    const auto& file = files_[path];
    const auto range = request.head.find("\r\nrange: bytes=");
    if (range == std::string::npos) return Answered("200 OK", "", file);
    const auto first = std::stoul(request.head.substr(range + 15));
    const auto last = std::stoul(request.head.substr(request.head.find('-', range + 15) + 1));
    const auto part = file.substr(first, last - first + 1);
    return Answered("206 Partial Content",
                    "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(first + part.size() - 1) +
                        "/" + std::to_string(file.size()) + "\r\n",
                    part);
  }};
};

TEST_F(BadMediaTest, EntitiesThatMultiplyAreRefused) {
  std::string bomb = "<!DOCTYPE MPD [<!ENTITY a0 \"ha\">";
  for (int i = 1; i <= 40; ++i) {
    const auto before = "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + "\">";
  }
  files_["/m.mpd"] = bomb + "]><MPD><BaseURL>&a40;</BaseURL></MPD>";

  for (const auto& rewriter : {Dash(), DashToHls()}) {
    Serve(rewriter);
    ExpectRefused(Play("/"), "XML line 1: a document type");
  }
}

TEST_F(BadMediaTest, IndexesThatLeadToIndexesForEverAreRefused) {
  for (int i = 0; i < 100; ++i) files_["/v.mp4"] += Sidx({{44, 1000, true}});
  files_["/m.mpd"] =
      "<MPD mediaPresentationDuration=\"PT8S\"><Period><AdaptationSet mimeType=\"video/mp4\">"
      "<Representation id=\"v\" bandwidth=\"1\"><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"0-43\"/>"
      "</Representation></AdaptationSet></Period></MPD>";
  Serve(DashToHls());

  const auto master = Play("/");
  ASSERT_EQ(master.status, 200) << master.body;
  ExpectRefused(Play(LinkIn(master.body)), "segment index: nested deeper than 4");

  EXPECT_LE(origin_.requests().size(), 8U);
}

TEST_F(BadMediaTest, BoxesOfImpossibleSizesAreRefused) {
  const auto file = sluice::testing::media::MakeClip();
  const auto sized = [&](const std::string& box, std::uint64_t size) {
    auto changed = file;
    return changed.replace(changed.find(box) - 4, 4, Number(size, 4));
  };
  pipelines_.clear();
  Add({Decrypt(), Resolve(ResolverTo({.url = origin_.Url("/v.mp4")})), Fetch()});
  Use();

  files_["/v.mp4"] = sized("moov", 0);
  ExpectRefused(Play("/"), "media: box moov has size 0; want its size");
  files_["/v.mp4"] = sized("moov", 7);
  ExpectRefused(Play("/"), "media: box moov: its size, 7, does not hold its own header");
  files_["/v.mp4"] = sized("moov", 0xF0000000U);
  ExpectRefused(Play("/"), "media: box moov of 4026531840 octets; want at most ");
  files_["/v.mp4"] = sized("moov", file.size() * 2);
  ExpectRefused(Play("/"), "media: the file ends within box moov, which began at octet ");
  files_["/v.mp4"] = file;
  EXPECT_EQ(Play("/").body, file) << "nothing is wrong with it otherwise";
}

TEST_F(BadMediaTest, AFileThatBreaksOffBeforeItsFirstBoxNamesNoServer) {
  Origin broken("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + sluice::testing::media::MakeClip().substr(0, 100));
  Add({Decrypt(), Resolve(ResolverTo({.url = broken.Url("/v.mp4")})), Fetch()});
  Use();

  const auto reply = Play("/");

  EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(log(), Contains(HasSubstr("\"upstream\":\"" + broken.Url("").substr(7) + "\"")));
}

}  // namespace
}  // namespace sluice::pipeline::testing
