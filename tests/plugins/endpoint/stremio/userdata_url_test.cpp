// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/userdata_url.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <utility>
#include <vector>

namespace sluice::plugins::stremio {
namespace {

class StremioSegmentTest : public testing::Test {
 protected:
  sdk::Result<Segment> Read(std::string_view segment, bool locked = false) {
    return ReadSegment(segment, host_.secrets, locked);
  }
  std::string Fault(std::string_view segment, bool locked = false) {
    const auto read = Read(segment, locked);
    return read ? "none" : read.error().message;
  }
  std::string Sealed(const UserData& data) {
    auto segment = SealedSegment(data, host_.secrets);
    return segment ? *segment : segment.error().message;
  }

  sdk::testing::FakeHost host_;
  const UserData data_{.stores = {{.code = "tb", .token = "planted?>?>~~"}}, .cached = true};
  const std::string json_ = WriteUserData(data_);
};

TEST_F(StremioSegmentTest, ReadsEveryAlphabetAndPadding) {
  auto padded = sdk::Base64Encode(json_);
  while (!padded.ends_with('=')) padded = sdk::Base64Encode(std::string(padded.size() % 3 + 1, ' ') + json_);
  const auto url_safe = [](std::string text) {
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
  };
  const auto bare = padded.substr(0, padded.find('='));
  ASSERT_NE(padded.find_first_of("+/"), std::string::npos);

  for (const auto& segment : {padded, bare, url_safe(padded), url_safe(bare), sdk::PercentEncode(padded)}) {
    const auto read = Read(segment);
    ASSERT_TRUE(read) << segment << ": " << read.error().message;
    EXPECT_EQ(read->form, Form::kPlain);
    EXPECT_EQ(read->data, data_);
  }
}

TEST_F(StremioSegmentTest, RefusesWhatIsNone) {
  const std::pair<std::string, std::string> faults[] = {
      {"", "configuration: want a JSON object"},
      {"manifest.json", "configuration: want base64 of a JSON object"},
      {"a", "configuration: want base64 of a JSON object"},
      {"e30===", "configuration: want base64 of a JSON object"},
      {"e3\n0", "configuration: want base64 of a JSON object"},
      {"e30%3", "configuration: want two hex digits after each %"},
      {"e30", "stores: want at least one store"},
      {"e30%3D", "stores: want at least one store"},
      {"k.", "configuration: want the name of a saved one after k."},
      {"k.a/b", "configuration: want the name of a saved one after k."},
      {"k.a%2Fb", "configuration: want the name of a saved one after k."},
      {"k." + std::string(65, 'a'), "configuration: want the name of a saved one after k."},
      {std::string(16 * 1024 + 1, 'A'), "configuration: is too long; want at most 16 KiB of URL"},
  };
  for (const auto& [segment, message] : faults) EXPECT_EQ(Fault(segment), message) << segment.substr(0, 80);
}

TEST_F(StremioSegmentTest, KnowsSavedOnes) {
  for (const std::string id : {"a", "Zz09-_", "3f2b8c1a-0000-7abc-9def-0123456789ab"}) {
    const auto segment = SavedSegment(id);
    ASSERT_TRUE(segment);
    const auto read = Read(*segment, true);
    ASSERT_TRUE(read) << id;
    EXPECT_EQ(read->form, Form::kSaved);
    EXPECT_EQ(read->saved_id, id);
  }
  EXPECT_FALSE(SavedSegment(""));
  EXPECT_FALSE(SavedSegment("a.b"));
}

TEST_F(StremioSegmentTest, SealsTheSameTwiceAndOpensIt) {
  const auto segment = Sealed(data_);

  EXPECT_EQ(segment, Sealed(data_));
  EXPECT_TRUE(segment.starts_with("e."));
  EXPECT_EQ(segment.find_first_of("+/=%"), std::string::npos);
  const auto read = Read(segment, true);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->form, Form::kSealed);
  EXPECT_EQ(read->data, data_);
}

TEST_F(StremioSegmentTest, RefusesSealedOnesThatWereChanged) {
  const auto* const message = "configuration: was not sealed by this server, or was changed; configure the addon anew";
  const auto segment = Sealed(data_);
  for (std::size_t i = 2; i < segment.size(); ++i) {
    auto changed = segment;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Fault(changed), message) << i;
    EXPECT_EQ(Fault(segment.substr(0, i)), message) << i;
  }
  EXPECT_EQ(Fault(segment + "A"), message);
  EXPECT_EQ(Fault(segment + "="), message);
}

TEST_F(StremioSegmentTest, RefusesWhatWasSealedForAnotherPurpose) {
  const auto sealed = host_.secrets.SealDeterministic(json_);
  ASSERT_TRUE(sealed);

  EXPECT_EQ(Fault("e." + sdk::Base64UrlEncode(*sealed)),
            "configuration: was not sealed by this server, or was changed; configure the addon anew");
}

TEST_F(StremioSegmentTest, LockedRefusesPlainOnesBeforeReadingThem) {
  for (const auto& segment : {sdk::Base64UrlEncode(json_), std::string("nonsense")}) {
    const auto read = Read(segment, true);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, sdk::Errc::kPermissionDenied);
    EXPECT_EQ(read.error().message,
              "configuration: this server takes saved and sealed ones only; configure the addon anew");
  }
}

TEST_F(StremioSegmentTest, WritesNoneThatItWouldNotRead) {
  UserData large = data_;
  large.filter = std::string(4096, 'f');
  large.stores.clear();
  for (const auto* code : {"ad", "dl", "dr", "ed", "oc", "pm", "pp", "rd", "tb"})
    large.stores.push_back({.code = code, .token = std::string(1024, 't')});
  ASSERT_TRUE(CheckUserData(large));

  EXPECT_EQ(Sealed(large), "configuration: is too long; want at most 16 KiB of URL");
}

/// A configuration as CheckUserData lets it pass.
UserData AnyUserData(std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto text = [&](std::size_t max) {
    static const std::string kParts[] = {"a", "B", "7", " ", "\"", "\\", "é", "映", "😀", "{", "?", ">", "~", ":"};
    std::string out;
    for (auto n = below(max); n > 0; --n) out += kParts[below(std::size(kParts))];
    return out;
  };
  UserData out;
  std::vector<std::string> codes{"ad", "dl", "dr", "ed", "oc", "pm", "pp", "rd", "st", "tb", "ti"};
  std::ranges::shuffle(codes, random);
  if (below(6) == 0) {
    out.stores.push_back({.code = "p2p"});
  } else if (below(6) == 0) {
    out.stores.push_back({.code = "", .token = "x" + text(20)});
  } else {
    for (auto n = 1 + below(codes.size()); n > 0; --n) {
      StoreChoice choice{.code = codes[n - 1], .token = text(20)};
      if (choice.token.empty() || below(2) == 0) choice.auth = "01234567-89AB-7def-0123-456789abcdef";
      out.stores.push_back(std::move(choice));
    }
  }
  static const char* const kNames[] = {"generic", "jackett", "prowlarr"};
  for (auto n = below(4); n > 0; --n)
    out.indexers.push_back({.name = kNames[below(3)], .url = "u" + text(20), .api_key = text(10)});
  out.cached = below(2) == 0;
  out.uncached_private = below(2) == 0;
  out.sort = text(10);
  out.filter = text(40);
  return out;
}

TEST_F(StremioSegmentTest, EveryConfigurationComesBack) {
  std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same in every run
  for (int i = 0; i < 200; ++i) {
    auto data = AnyUserData(random);
    ASSERT_TRUE(CheckUserData(data)) << CheckUserData(data).error().message;
    const auto json = WriteUserData(data);

    for (const auto& segment : {sdk::Base64UrlEncode(json), sdk::Base64Encode(json),
                                sdk::PercentEncode(sdk::Base64Encode(json)), Sealed(data)}) {
      const auto read = Read(segment);
      ASSERT_TRUE(read) << json << ": " << read.error().message;
      EXPECT_EQ(read->data, data) << json;
    }
    EXPECT_EQ(WriteUserData(*ReadUserData(json)), json);
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio
