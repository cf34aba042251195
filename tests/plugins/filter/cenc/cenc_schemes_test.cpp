// SPDX-License-Identifier: MIT
// Everything that can be encrypted comes out as it was before, in place, however the octets come.
#include <random>
#include <sluice/sdk/testing/calls.hpp>

#include "support.hpp"
#include "tests/plugins/filter/cenc/boxes.hpp"

namespace sluice::testing::cenc {
namespace {

struct Case {
  std::string name;
  media::Encryption how{};
  media::Clip clip{};
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::vector<media::ContentKey> First() { return {Keys().front()}; }

/// Each scheme with each way of saying how.
std::vector<Case> Cases() {
  std::vector<Case> out;
  for (const std::string scheme : {"cenc", "cens", "cbc1", "cbcs"}) {
    const bool pattern = scheme == "cens" || scheme == "cbcs";
    media::Encryption base{.scheme = scheme, .keys = First()};
    base.iv_bytes = scheme == "cenc" || scheme == "cens" ? 8 : 16;
    if (pattern) {
      base.crypt = 1;
      base.skip = 9;
    }
    const auto add = [&](const std::string& name, const auto& change, media::Clip clip = {}) {
      auto how = base;
      change(how);
      out.push_back({scheme + "_" + name, how, clip});
    };
    add("plain", [](auto&) {});
    add("long_vectors", [](auto& how) { how.iv_bytes = 16; });
    add("odd_sizes", [](auto& how) { how.odd_sizes = true; });
    add("whole_samples", [](auto& how) { how.whole_samples = true; });
    add("audio_subsamples", [](auto& how) { how.audio_subsamples = how.odd_sizes = true; });
    add("constant_vector", [](auto& how) { how.iv_bytes = 0; });
    add("no_pattern", [](auto& how) { how.crypt = how.skip = 0; });
    add("wide_pattern", [=](auto& how) {
      how.crypt = pattern ? 3 : 0;
      how.skip = pattern ? 2 : 0;
      how.odd_sizes = true;
    });
    add("rotation", [](auto& how) { how.keys = Keys(); }, {.fragments = 5});
    add("rotation_in_moov", [](auto& how) {
      how.keys = Keys();
      how.groups_in_moov = true;
    });
    add("clear_lead", [](auto& how) { how.clear_first = true; });
    add("no_senc", [](auto& how) { how.senc = false; });
    add("absolute_offsets", [](auto& how) { how.absolute_offsets = true; });
    add("large_mdat", [](auto& how) { how.large_mdat = true; });
    add("several_runs", [](auto&) {}, {.runs = 3, .fixed_audio_size = true});
    add("video_alone", [](auto&) {}, {.fragments = 2, .video_samples = 2, .audio_samples = 0, .largest_unit = 90000});
    add("audio_alone", [](auto& how) { how.iv_bytes = 0; }, {.video_samples = 0});
    add("counter_wraps", [](auto& how) { how.iv_bytes = 16, how.first_iv = std::string(15, '\xff') + "\xfe"; });
  }
  return out;
}

class CencSchemesTest : public ::testing::TestWithParam<Case> {
 protected:
  CencSchemesTest() : filter_(*sdk::testing::CreateThroughAbi<plugins::cenc::Cenc>(std::string_view(AllKeys()))) {}

  Passed Decrypt(const std::string& file, const Pieces& pieces) {
    const auto body = filter_->OpenBody(sdk::testing::AnyCall(), {.status = 200});
    return body ? Pass(**body, file, pieces) : Passed{{}, body.error()};
  }

  const std::string clear_ = media::MakeClip(GetParam().clip);
  const std::string encrypted_ = media::Encrypt(clear_, GetParam().how);
  Filter filter_;
};

/// Types of all boxes that say something about encryption, wherever they stand.
std::string MarksIn(const std::string& file) {
  std::string found;
  for (const std::string type : {"senc", "saiz", "saio", "pssh", "sinf", "encv", "enca", "seig"})
    if (file.find(type) != std::string::npos) found += type + " ";
  return found;
}

TEST_P(CencSchemesTest, GivesBackTheSamplesInPlace) {
  ASSERT_NE(media::SamplesOf(encrypted_), media::SamplesOf(clear_));

  const auto passed = Decrypt(encrypted_, Whole());

  ASSERT_TRUE(passed.status) << passed.status.error().message;
  EXPECT_EQ(passed.text.size(), encrypted_.size());
  EXPECT_TRUE(media::SamplesOf(passed.text) == media::SamplesOf(clear_));
}

TEST_P(CencSchemesTest, LeavesBoxesThatClearTracksHave) {
  const auto passed = Decrypt(encrypted_, Whole());

  const auto boxes = media::Parse(passed.text), before = media::Parse(encrypted_);
  ASSERT_EQ(boxes.size(), before.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_EQ(boxes[i].type, before[i].type);
    EXPECT_EQ(boxes[i].size(), before[i].size());
    if (boxes[i].type == "moov" || boxes[i].type == "moof") {
      // The groups' own type stays within what is skipped now.
      auto marks = MarksIn(boxes[i].Write());
      EXPECT_TRUE(marks.empty() || marks == "seig ") << marks;
    }
  }
}

TEST_P(CencSchemesTest, TakesThePiecesAsTheyCome) {
  const auto whole = Decrypt(encrypted_, Whole());
  const bool large = encrypted_.size() > 100'000;
  std::mt19937 random(4711);

  EXPECT_TRUE(Decrypt(encrypted_, Each(large ? 41 : 1)).text == whole.text);
  for (int round = 0; round < (large ? 3 : 10); ++round) {
    const std::size_t most = 1 + random() % 3000;
    const auto pieces = [&](std::size_t left) { return std::min<std::size_t>(left, 1 + random() % most); };
    const auto passed = Decrypt(encrypted_, pieces);
    ASSERT_TRUE(passed.status) << passed.status.error().message;
    ASSERT_TRUE(passed.text == whole.text) << "pieces of up to " << most;
  }
}

TEST_P(CencSchemesTest, HoldsNoMoreThanABoxOfFiguresAndABlock) {
  std::size_t most = 0;
  for (const auto& box : media::Parse(encrypted_))
    if (box.type != "mdat") most += box.type == "moof" ? 0 : box.size();
  for (const auto& box : media::Parse(encrypted_))
    if (box.type == "moof") most = std::max(most, box.size());
  const auto body = filter_->OpenBody(sdk::testing::AnyCall(), {.status = 200});
  ASSERT_TRUE(body);
  sdk::testing::CollectedBytes out;
  constexpr std::size_t kPiece = 512;
  for (std::size_t at = 0; at < encrypted_.size(); at += kPiece) {
    const auto piece = std::string_view(encrypted_).substr(at, kPiece);
    ASSERT_TRUE((*body)->Write(sdk::AsBytes(piece), out));
    const auto held = at + piece.size() - out.text.size();
    ASSERT_LE(held, 2 * most + 16 + kPiece) << "after " << at;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CencSchemesTest, ::testing::ValuesIn(Cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace sluice::testing::cenc
