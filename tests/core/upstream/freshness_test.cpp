// SPDX-License-Identifier: MIT
#include "core/upstream/freshness.hpp"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

using std::chrono::seconds;
using Fields = std::vector<sdk::Header>;

const sdk::Seconds kNow(seconds(784111777));  // Sun, 06 Nov 1994 08:49:37 GMT

/// "age/left", or "no".
std::string Judge(const Fields& response, const Fields& request = {}, int status = 200, seconds taken = seconds(0)) {
  const auto fresh = FreshnessOf(request, status, response, kNow, taken);
  return fresh ? std::to_string(fresh->age.count()) + "/" + std::to_string(fresh->left.count()) : "no";
}
std::string JudgeControl(const std::string& control) { return Judge({{"Cache-Control", control}}); }

TEST(FreshnessTest, TakesLifetimesFromDirectivesFirst) {
  const std::string soon = "Sun, 06 Nov 1994 08:50:37 GMT";
  EXPECT_EQ(JudgeControl("max-age=5"), "0/5");
  EXPECT_EQ(JudgeControl("MAX-AGE=5, S-MaxAge=9"), "0/9");
  EXPECT_EQ(Judge({{"Expires", soon}}), "0/60");
  EXPECT_EQ(Judge({{"Expires", soon}, {"Cache-Control", "max-age=7"}}), "0/7");
  EXPECT_EQ(Judge({{"Expires", soon}, {"Date", "Sun, 06 Nov 1994 08:49:27 GMT"}}), "10/60");
  EXPECT_EQ(Judge({{"Cache-Control", "public"}, {"cache-control", "max-age=3"}}), "0/3");
}

TEST(FreshnessTest, GuessesNothing) {
  EXPECT_EQ(Judge({}), "no");
  EXPECT_EQ(JudgeControl("public"), "no");
  EXPECT_EQ(Judge({{"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}), "no");
  EXPECT_EQ(Judge({{"Expires", "0"}}), "no");
  EXPECT_EQ(JudgeControl("max-age=0"), "no");
}

TEST(FreshnessTest, CountsTheAgeThatItAlreadyHas) {
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Age", "4"}}), "4/6");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Age", "4"}}, {}, 200, seconds(3)), "7/3");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Age", "10"}}), "no");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Age", "soon"}}), "0/10");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Date", "Sun, 06 Nov 1994 08:49:31 GMT"}, {"Age", "2"}}), "6/4");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=10"}, {"Date", "Sun, 06 Nov 1994 09:49:37 GMT"}}), "0/10")
      << "a clock that is ahead makes nothing younger";
}

TEST(FreshnessTest, KeepsNothingThatTheOriginForbids) {
  for (const char* control : {"no-store, max-age=5", "max-age=5, NO-CACHE", "private, max-age=5",
                              "private=\"x\", max-age=5", "no-cache=\"a, b\", max-age=5", "max-age=5,no-store"}) {
    EXPECT_EQ(JudgeControl(control), "no") << control;
  }
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=5"}, {"Set-Cookie", "a=b"}}), "no");
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=5"}}, {{"Cache-Control", "no-store"}}), "no");
  for (const int status : {201, 204, 206, 301, 404, 500, 503}) {
    EXPECT_EQ(Judge({{"Cache-Control", "max-age=5"}}, {}, status), "no") << status;
  }
  EXPECT_EQ(Judge({{"Cache-Control", "max-age=5"}, {"Content-Range", "bytes 0-1/2"}}), "no");
}

TEST(FreshnessTest, KeepsPersonalAnswersOnlyWhereTheOriginSaysSo) {
  for (const char* name : {"Authorization", "cookie"}) {
    const Fields request = {{name, "x"}};
    EXPECT_EQ(Judge({{"Cache-Control", "max-age=5"}}, request), "no") << name;
    for (const char* control : {"max-age=5, public", "s-maxage=5", "max-age=5, must-revalidate"}) {
      EXPECT_EQ(Judge({{"Cache-Control", control}}, request), "0/5") << control;
    }
    EXPECT_EQ(Judge({{"Cache-Control", "max-age=5, proxy-revalidate"}}, request), "no");
  }
}

TEST(FreshnessTest, ReadsDirectivesStrictly) {
  EXPECT_EQ(JudgeControl("max-age=\"5\""), "0/5");
  EXPECT_EQ(JudgeControl(" , max-age = 5 ,,"), "0/5");
  EXPECT_EQ(JudgeControl("max-age=5, max-age=3"), "0/3");
  EXPECT_EQ(JudgeControl("max-age=99999999999999999999"), "0/2147483648");
  for (const char* control :
       {"max-age=-5", "max-age=5s", "max-age", "max-age=", "max-age=5.0", "xmax-age=5", "max-age=5, max-age=x"}) {
    EXPECT_EQ(JudgeControl(control), "no") << control;
  }
  EXPECT_EQ(JudgeControl("x=\"a, max-age=5, b\""), "no") << "what stands in quotes is no directive";
  EXPECT_EQ(JudgeControl("x=\"a\\\", max-age=5\""), "no");
  EXPECT_EQ(JudgeControl("x=\"a\", max-age=5"), "0/5");
  EXPECT_EQ(JudgeControl("x=\"a, max-age=5"), "no");
}

TEST(VaryTest, ListsNames) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(VaryOf(Fields{}), Names());
  EXPECT_EQ(VaryOf(Fields{{"vary", "Accept, USER-agent"}, {"Vary", "accept"}}), (Names{"accept", "user-agent"}));
  EXPECT_EQ(VaryOf(Fields{{"Vary", "Accept, *"}}), std::nullopt);
}

TEST(FieldTextTest, JoinsAllValues) {
  const Fields fields = {{"Accept", " a "}, {"X", "y"}, {"accept", "b"}};
  EXPECT_EQ(FieldText(fields, "ACCEPT"), "a, b");
  EXPECT_EQ(FieldText(fields, "z"), "");
}

}  // namespace
}  // namespace sluice::upstream
