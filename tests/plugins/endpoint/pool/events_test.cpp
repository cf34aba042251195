// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "tests/plugins/endpoint/pool/pool_fixture.hpp"

namespace sluice::plugins::pool {
namespace {

using namespace std::chrono_literals;
using sdk::testing::CallOptions;
using sdk::testing::TestCall;

/// What a feed sends while it is open.
class Stream final : public sdk::ResponseWriter {
 public:
  sdk::Status Start(int status, std::span<const sdk::Header> headers) override {
    const std::lock_guard lock(mutex_);
    status_ = status;
    headers_.assign(headers.begin(), headers.end());
    return sdk::Ok();
  }
  sdk::Status Write(std::span<const std::byte> chunk) override {
    const std::lock_guard lock(mutex_);
    text_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    written_.notify_all();
    return sdk::Ok();
  }
  /// \returns  false: it did not come within a minute.
  bool WaitFor(const std::string& text) {
    std::unique_lock lock(mutex_);
    return written_.wait_for(lock, 1min, [&] { return text_.find(text) != std::string::npos; });
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  int status() {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::string header(std::string_view name) {
    const std::lock_guard lock(mutex_);
    return std::string(sdk::FieldValue(headers_, name));
  }

 private:
  std::mutex mutex_;
  std::condition_variable written_;
  int status_ = 0;
  std::vector<sdk::Header> headers_;
  std::string text_;
};

/// A feed that somebody listens to, until it ends or this goes.
struct Listener {
  Listener(Node& node, const std::string& last_event_id = {},
           CallOptions options = {.timeout = std::chrono::nanoseconds::max()})
      : call(options), thread([this, &node, last_event_id] {
          std::vector<sdk::Header> headers{{"Authorization", "Bearer " + std::string(kInternalKey)}};
          if (!last_event_id.empty()) headers.push_back({"Last-Event-ID", last_event_id});
          answer = node.AskInto(stream, call, "GET", "/events", {}, headers);
        }) {}
  ~Listener() { Leave(); }

  void Leave() {
    call.Cancel();
    Join();
  }
  void Join() {
    if (thread.joinable()) thread.join();
  }

  TestCall call;
  Stream stream;
  Node::Answer answer;
  std::thread thread;
};

class EventsTest : public PoolTest {
 protected:
  void SetDisabled(const std::string& user, bool disabled) {
    const auto answer =
        node_.Ask("PATCH", "/users/" + user, std::string(R"({"disabled":)") + (disabled ? "true}" : "false}"));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
};

INSTANTIATE_TEST_SUITE_P(Pool, EventsTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

TEST_P(EventsTest, TellsEveryInstanceWhoIsRevoked) {
  AddUser("anna");
  AddKey("k1", kPlanted);
  const auto other_database = Other();
  Node other(*other_database);
  Listener here(node_), there(other);
  ASSERT_TRUE(here.stream.WaitFor("id: 0\n\n"));
  ASSERT_TRUE(there.stream.WaitFor("id: 0\n\n"));

  SetDisabled("anna", true);
  for (auto* const listener : {&here, &there}) {
    EXPECT_TRUE(listener->stream.WaitFor("id: 1\nevent: revoked\ndata: {\"userId\":\"anna\"}\n\n"));
  }
  SetDisabled("anna", false);
  EXPECT_TRUE(there.stream.WaitFor("id: 2\nevent: restored\ndata: {\"userId\":\"anna\"}\n\n"));
  ASSERT_EQ(node_.Ask("PATCH", "/keys/k1", R"({"disabled":true})").status, 200);
  EXPECT_TRUE(there.stream.WaitFor("id: 3\nevent: key-retired\ndata: {\"poolKeyId\":\"k1\"}\n\n"));
  ASSERT_EQ(node_.Ask("DELETE", "/users/anna").status, 204);
  EXPECT_TRUE(there.stream.WaitFor("id: 4\nevent: revoked\ndata: {\"userId\":\"anna\"}\n\n"));

  EXPECT_EQ(here.stream.status(), 200);
  EXPECT_EQ(here.stream.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(here.stream.header("Cache-Control"), "no-store");
  here.Leave();
  EXPECT_EQ(here.answer.code, sdk::Errc::kCancelled);
}

TEST_P(EventsTest, GoesOnWhereItWasCutOff) {
  AddUser("anna");
  for (int i = 0; i < 2; ++i) {
    SetDisabled("anna", true);
    SetDisabled("anna", false);
  }

  Listener now(node_), from_two(node_, "2");
  ASSERT_TRUE(from_two.stream.WaitFor("id: 4\nevent: restored"));
  EXPECT_EQ(from_two.stream.text(),
            "retry: 1000\nid: 2\n\nid: 3\nevent: revoked\ndata: {\"userId\":\"anna\"}\n\n"
            "id: 4\nevent: restored\ndata: {\"userId\":\"anna\"}\n\n");
  ASSERT_TRUE(now.stream.WaitFor("id: 4\n\n"));
  EXPECT_THAT(now.stream.text(), Not(HasSubstr("event:")));
}

TEST_P(EventsTest, SaysSoWhenItCannotGoOn) {
  AddUser("anna");
  SetDisabled("anna", true);
  SetDisabled("anna", false);
  const auto* const reset = "id: 2\n\nid: 2\nevent: reset\ndata: {}\n\n";

  for (const auto* const unknown : {"3", "-1", "x", "99999999999999999999"}) {
    Listener listener(node_, unknown);
    EXPECT_TRUE(listener.stream.WaitFor(reset)) << unknown;
  }
  Run("DELETE FROM {events} WHERE sequence = 1");
  Listener late(node_, "0"), in_time(node_, "1");
  EXPECT_TRUE(late.stream.WaitFor(reset)) << "the first event is not there any more";
  EXPECT_TRUE(in_time.stream.WaitFor("id: 2\nevent: restored"));
}

TEST_P(EventsTest, KeepsEventsForAWeekAndTheNumbersForEver) {
  AddUser("anna");
  SetDisabled("anna", true);
  node_.host.clock.Advance(std::chrono::days(8));
  SetDisabled("anna", false);
  EXPECT_EQ(Value("SELECT min(sequence) FROM {events}"), "2");
  node_.host.clock.Advance(std::chrono::days(8));
  SetDisabled("anna", true);
  EXPECT_EQ(Value("SELECT max(sequence) FROM {events}"), "3");
}

TEST_P(EventsTest, StaysAliveAndEndsByItself) {
  Listener listener(node_);
  ASSERT_TRUE(listener.stream.WaitFor("id: 0\n\n"));
  EXPECT_THAT(listener.stream.text(), Not(HasSubstr("keep-alive")));

  node_.host.clock.Advance(15s);
  EXPECT_TRUE(listener.stream.WaitFor(": keep-alive\n\n"));
  node_.host.clock.Advance(10min);
  listener.Join();
  EXPECT_EQ(listener.answer.code, std::nullopt) << "an end, and no break";
}

TEST_P(EventsTest, EndsBeforeItsTimeIsUp) {
  Listener listener(node_, {}, {.timeout = 5min});
  ASSERT_TRUE(listener.stream.WaitFor("id: 0\n\n"));

  node_.host.clock.Advance(6min);
  listener.Join();

  EXPECT_EQ(listener.answer.code, std::nullopt);
  EXPECT_FALSE(listener.call.expired());
}

TEST_P(EventsTest, ThereAreSixteenFeedsAtATime) {
  std::vector<std::unique_ptr<Listener>> listeners;
  for (int i = 0; i < 16; ++i) {
    listeners.push_back(std::make_unique<Listener>(node_));
    ASSERT_TRUE(listeners.back()->stream.WaitFor("id: 0\n\n"));
  }

  const auto refused = node_.Internal("GET", "/events");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "5");
  EXPECT_EQ(refused.Text("/error"), "there are 16 feeds already; try again later");
  listeners.pop_back();
  Listener another(node_);
  EXPECT_TRUE(another.stream.WaitFor("id: 0\n\n"));
}

TEST_P(EventsTest, IsForInstancesAlone) {
  EXPECT_EQ(node_.Ask("GET", "/events").status, 403);
  EXPECT_EQ(node_.Ask("GET", "/events").body, R"({"error":"Unauthorized"})");
}

}  // namespace
}  // namespace sluice::plugins::pool
