// SPDX-License-Identifier: MIT
#include "core/pipeline/own_requests.hpp"

#include <gmock/gmock.h>

#include "tests/core/pipeline/fake_exchange.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OwnRequestsTest : public ::testing::Test {
 protected:
  OwnRequestsTest() { own_.Listen({8080, 8443}); }
  OwnRequests own_;
};

TEST_F(OwnRequestsTest, MarksWhatGoesToItsOwnListeners) {
  for (const auto* const url : {"http://127.0.0.1:8080/api", "https://localhost:8443/", "http://[::1]:8080/x?y"}) {
    EXPECT_TRUE(own_.MarkFor(url)) << url;
  }
  for (const auto* const url : {"http://127.0.0.1:8081/", "http://127.0.0.1/", "http://pool.example:8080/",
                                "http://127.0.0.1.example:8080/", "http://127.0.0.2:8080/", "not a URL"}) {
    EXPECT_FALSE(own_.MarkFor(url)) << url;
  }
}

TEST_F(OwnRequestsTest, KnowsItsOwnMarkAndNoOther) {
  const auto mark = own_.MarkFor("http://127.0.0.1:8080/");
  ASSERT_TRUE(mark);

  EXPECT_TRUE(own_.IsMarked(FakeExchange({.headers = {{"Accept", "*/*"}, *mark}})));
  EXPECT_FALSE(own_.IsMarked(FakeExchange({.headers = {{"Accept", mark->value}}})));
  EXPECT_FALSE(own_.IsMarked(FakeExchange({.headers = {{mark->name, mark->value.substr(1)}}})));
  EXPECT_FALSE(own_.IsMarked(FakeExchange({.headers = {{mark->name, ""}}})));
  EXPECT_FALSE(OwnRequests().IsMarked(FakeExchange({.headers = {*mark}}))) << "another server's";
}

class OwnMarkTest : public PipelineTest {};

TEST_F(OwnMarkTest, NobodyBehindThePipelineSeesTheMark) {
  std::string seen;
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/**"}},
                        [&](const sdk::Call&, std::size_t, const sdk::RequestHead& head, std::string_view,
                            sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                          for (const auto& field : head.headers) seen.append(field.name).append("\n");
                          if (auto started = out.Start(200, {}); !started) return std::move(started).error();
                          return std::optional<sdk::Source>{};
                        }))});

  Get("/x", {{"sluice-own", "a guess"}, {"Accept", "*/*"}});

  EXPECT_THAT(seen, HasSubstr("Accept"));
  EXPECT_THAT(seen, Not(HasSubstr("sluice-own")));
}

}  // namespace
}  // namespace sluice::pipeline::testing
