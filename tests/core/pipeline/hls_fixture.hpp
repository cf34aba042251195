// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HlsTest: the HLS rewriter in a pipeline behind a real HTTP server, with an origin that holds files.

#include <sluice/sdk/testing/fake_host.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugins/manifest/hls/hls_rewriter.hpp"
#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/core/pipeline/served_fixture.hpp"

namespace sluice::pipeline::testing {

class HlsTest : public Served<RewriteFixture> {
 protected:
  HlsTest() : Served(4) {}
  ~HlsTest() override { gate_.Open(); }

  InstancePtr Hls() {
    return InstanceOf<sdk::ManifestRewriter>(plugins::hls::HlsRewriter(host_.host(), plugins::hls::PassOptions{}));
  }
  void Serve(const std::string& path, config::FetchStep how = {},
             std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
    auto fetch = Fetch(how);
    fetch.config.deadline = deadline;
    Add({Resolve(ResolverTo({.url = origin_.Url(path)})), std::move(fetch), Rewrite({Hls()})});
    Use();
  }
  /// The `index`-th link in `text`.
  static std::string LinkIn(const std::string& text, int index = 0) {
    std::size_t at = 0;
    for (at = text.find("/~/"); index > 0 && at != std::string::npos; --index) at = text.find("/~/", at + 1);
    return at == std::string::npos ? std::string() : text.substr(at, text.find_first_of("\"\n#?", at) - at);
  }
  static std::string PathOf(const Origin::Request& request) {
    return request.line.substr(4, request.line.rfind(' ') - 4);
  }
  /// What the origin was asked for, in order.
  std::vector<std::string> AskedFor() const {
    std::vector<std::string> paths;
    for (const auto& request : origin_.requests()) paths.push_back(PathOf(request));
    return paths;
  }

  sdk::testing::FakeHost host_;
  Gate gate_;
  std::map<std::string, std::string> files_;  ///< By path without query.
  Origin origin_{[this](const Origin::Request& request) {
    const auto path = PathOf(request);
    if (path.find("blocked") != std::string::npos) gate_.Wait();
    const auto file = files_.find(path.substr(0, path.find('?')));
    return file == files_.end() ? Answered("404 Not Found", "", "") : Answered("200 OK", "", file->second);
  }};
};

}  // namespace sluice::pipeline::testing
