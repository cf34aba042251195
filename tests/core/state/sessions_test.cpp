// SPDX-License-Identifier: MIT
#include "core/state/sessions.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>
#include <thread>
#include <utility>

#include "core/state/digest.hpp"
#include "core/state/secrets.hpp"
#include "tests/core/state/engines.hpp"

namespace sluice::state {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;
using sdk::Session;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

bool OfAnybody(std::string_view) { return true; }

struct Collected final : sdk::SessionSink {
  bool Put(const Session& session) override {
    subjects.push_back(session.subject);
    return subjects.size() < most;
  }
  std::vector<std::string> subjects;
  std::size_t most = 1000;
};

class SessionsTest : public EachEngine {
 protected:
  std::unique_ptr<Sessions> Server(Database& database, Bus& bus) {
    return std::make_unique<Sessions>(database, *secrets_, bus, [this] { return now_; });
  }
  Session Of(const std::string& subject, std::chrono::seconds life = 1h, std::chrono::seconds idle = 0s) const {
    return {.owner = "airplay",
            .subject = subject,
            .scopes = {"play"},
            .data = "planted cookies",
            .expires_at = std::chrono::floor<std::chrono::seconds>(now_) + life,
            .idle_timeout = idle};
  }
  sdk::OpenedSession Opened(const Session& session) {
    auto opened = sessions_->Open(TestCall(), session);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *opened : sdk::OpenedSession();
  }
  static std::optional<Session> Found(Sessions& sessions, std::string_view token) {
    auto found = sessions.Find(TestCall(), token, OfAnybody);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::nullopt;
  }
  static bool Touched(Sessions& sessions, std::string_view id) {
    const auto touched = sessions.Touch(TestCall(), id);
    EXPECT_TRUE(touched) << touched.error().message;
    return touched && *touched;
  }
  std::vector<std::string> Listed(std::string_view subject, std::uint32_t offset, std::uint32_t limit) {
    Collected collected;
    const auto listed = sessions_->List(TestCall(), "airplay", subject, offset, limit, collected);
    EXPECT_TRUE(listed) << listed.error().message;
    return collected.subjects;
  }

  std::chrono::system_clock::time_point now_{1'800'000'000s};
  const std::unique_ptr<Secrets> secrets_ = *Secrets::FromKey(std::string(32, 'k'));
  const std::unique_ptr<Bus> bus_ = MakeMemoryBus();
  std::unique_ptr<Sessions> sessions_ = Server(*database_, *bus_);
};

TEST_P(SessionsTest, ATokenFindsWhatWasOpened) {
  const auto opened = Opened(Of("user:ann"));

  EXPECT_EQ(opened.token.size(), 43u);
  EXPECT_EQ(opened.id.size(), 32u);
  const auto session = Found(*sessions_, opened.token);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->id, opened.id);
  EXPECT_EQ(session->owner, "airplay");
  EXPECT_EQ(session->subject, "user:ann");
  EXPECT_THAT(session->scopes, ElementsAre("play"));
  EXPECT_EQ(session->data, "planted cookies");
  EXPECT_EQ(session->created_at, std::chrono::floor<std::chrono::seconds>(now_));
  EXPECT_EQ(session->expires_at - session->created_at, 1h);
  for (const auto& other :
       {opened.id, opened.token + "a", opened.token.substr(1), std::string(), std::string(129, 'a')}) {
    EXPECT_FALSE(Found(*sessions_, other)) << other;
  }
}

TEST_P(SessionsTest, TheDatabaseHoldsNeitherTokensNorData) {
  const auto opened = Opened(Of("user:ann"));

  const auto kept = Read("SELECT * FROM sluice_sessions");
  for (const auto& value : kept.rows[0]) {
    EXPECT_THAT(value.text, Not(HasSubstr(opened.token)));
    EXPECT_THAT(value.text, Not(HasSubstr("planted")));
  }
}

TEST_P(SessionsTest, LastOverARestart) {
  const auto opened = Opened(Of("user:ann"));
  const auto other_database = Other();

  sessions_ = Server(*other_database, *bus_);

  const auto session = Found(*sessions_, opened.token);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->data, "planted cookies");
  sessions_.reset();
}

TEST_P(SessionsTest, EndsToTheSecond) {
  const auto opened = Opened(Of("user:ann", 100s));

  now_ += 99s;
  EXPECT_TRUE(Found(*sessions_, opened.token));
  now_ += 1s;
  EXPECT_FALSE(Found(*sessions_, opened.token));
  EXPECT_FALSE(*sessions_->Get(TestCall(), opened.id));
}

TEST_P(SessionsTest, AnIdleOneEndsToTheSecond) {
  const auto opened = Opened(Of("user:ann", 1h, 100s));

  for (int i = 0; i < 5; ++i) {
    now_ += 99s;
    EXPECT_TRUE(Found(*sessions_, opened.token)) << i;
  }
  now_ += 1s;
  ASSERT_TRUE(*sessions_->Get(TestCall(), opened.id)) << "to look is no use";
  now_ += 99s;
  EXPECT_FALSE(Found(*sessions_, opened.token));
}

TEST_P(SessionsTest, UseIsWrittenDownForOtherInstances) {
  const auto opened = Opened(Of("user:ann", 1h, 80s));
  const auto other_database = Other();
  const auto other = Server(*other_database, *bus_);

  for (int i = 0; i < 20; ++i) {
    now_ += 10s;
    ASSERT_TRUE(Found(*sessions_, opened.token)) << i;
  }
  EXPECT_TRUE(Found(*other, opened.token)) << "it was used within the last eighth of its idle timeout";
  now_ += 80s;
  EXPECT_FALSE(Found(*other, opened.token));
}

TEST_P(SessionsTest, IsNotWrittenEachTimeItIsUsed) {
  const auto opened = Opened(Of("user:ann", 1h, 800s));
  for (int i = 0; i < 50; ++i) {
    now_ += 1s;
    ASSERT_TRUE(Found(*sessions_, opened.token));
  }
  const auto used = Read("SELECT used_at FROM sluice_sessions").rows[0][0].integer;

  EXPECT_EQ(used, 1'800'000'000) << "not a tenth of the idle timeout has passed";
}

TEST_P(SessionsTest, ChangesReachEveryInstance) {
  const auto opened = Opened(Of("user:ann", 100s));
  const auto other_database = Other();
  const auto other = Server(*other_database, *bus_);
  ASSERT_TRUE(Found(*other, opened.token)) << "which it keeps from now on";

  ASSERT_TRUE(
      sessions_->Change(TestCall(), "airplay", opened.id,
                        {.data = "fresh cookies", .expires_at = std::chrono::floor<std::chrono::seconds>(now_) + 1h}));
  EXPECT_EQ(Found(*other, opened.token)->data, "fresh cookies");
  now_ += 200s;
  EXPECT_TRUE(Found(*other, opened.token));
  EXPECT_EQ(Found(*sessions_, opened.token)->data, "fresh cookies");
  ASSERT_TRUE(sessions_->Close(TestCall(), "airplay", opened.id));
  EXPECT_FALSE(Found(*other, opened.token));
  EXPECT_FALSE(Found(*sessions_, opened.token));
}

TEST_P(SessionsTest, ChangesAreHeardOfWithinSecondsWithoutTheBus) {
  const auto opened = Opened(Of("user:ann"));
  const auto other_database = Other();
  const auto silent = MakeMemoryBus();
  const auto other = Server(*other_database, *silent);
  ASSERT_TRUE(Found(*other, opened.token));

  ASSERT_TRUE(sessions_->Close(TestCall(), "airplay", opened.id));

  EXPECT_TRUE(Found(*other, opened.token)) << "not yet";
  now_ += 5s;
  EXPECT_FALSE(Found(*other, opened.token));
}

TEST_P(SessionsTest, ATouchIsUse) {
  const auto opened = Opened(Of("user:ann", 1h, 80s));
  const auto other_database = Other();
  const auto other = Server(*other_database, *bus_);

  for (int i = 0; i < 20; ++i) {
    now_ += 10s;
    ASSERT_TRUE(Touched(*sessions_, opened.id)) << i;
  }
  EXPECT_TRUE(Found(*sessions_, opened.token)) << "a token is not idle either while its links are used";
  EXPECT_TRUE(Touched(*other, opened.id));
  now_ += 80s;
  EXPECT_FALSE(Touched(*sessions_, opened.id));
  EXPECT_FALSE(Touched(*other, opened.id));
}

TEST_P(SessionsTest, ATouchFailsOnceTheSessionIsOver) {
  const auto closed = Opened(Of("user:ann"));
  const auto brief = Opened(Of("user:ann", 100s));
  const auto other_database = Other();
  const auto silent = MakeMemoryBus();
  const auto other = Server(*other_database, *bus_);
  const auto deaf = Server(*other_database, *silent);
  for (auto* const server : {sessions_.get(), other.get(), deaf.get()}) {
    ASSERT_TRUE(Touched(*server, closed.id));
    ASSERT_TRUE(Touched(*server, brief.id));
  }

  ASSERT_TRUE(sessions_->Close(TestCall(), "airplay", closed.id));

  EXPECT_FALSE(Touched(*sessions_, closed.id));
  EXPECT_FALSE(Touched(*other, closed.id));
  now_ += 5s;
  EXPECT_FALSE(Touched(*deaf, closed.id)) << "within seconds without the bus";
  now_ += 94s;
  EXPECT_TRUE(Touched(*sessions_, brief.id));
  now_ += 1s;
  EXPECT_FALSE(Touched(*sessions_, brief.id)) << "to the second";
}

TEST_P(SessionsTest, OnlyAnIdCanBeTouched) {
  const auto opened = Opened(Of("user:ann"));
  ASSERT_TRUE(Found(*sessions_, opened.token)) << "which is known by the hash of its token now";

  for (const auto& other : {opened.token, Sha256Hex(opened.token), std::string(32, '0'), std::string()}) {
    EXPECT_FALSE(Touched(*sessions_, other)) << other;
  }
}

/// Another database's, with something that happens once an answer has been read.
class Meanwhile final : public Database {
 public:
  explicit Meanwhile(Database& database) : database_(database) {}
  using Database::Read;
  sdk::Result<sdk::SqlResult> Read(const sdk::Call& call, std::string_view sql,
                                   std::span<const sdk::SqlParam> params) override {
    ++reads;
    auto result = database_.Read(call, sql, params);
    if (auto what = std::exchange(happens, nullptr)) what();
    return result;
  }
  sdk::Status Change(const sdk::Call& call, const Work& work) override { return database_.Change(call, work); }
  const std::string& name() const override { return database_.name(); }
  bool is_local() const override { return database_.is_local(); }

  std::function<void()> happens;
  int reads = 0;

 private:
  Database& database_;
};

TEST_P(SessionsTest, WhatIsClosedWhileItIsReadIsNotRemembered) {
  const auto opened = Opened(Of("user:ann"));
  const auto other = Opened(Of("user:bob"));
  Meanwhile database(*database_);
  const auto sessions = Server(database, *bus_);
  ASSERT_TRUE(Found(*sessions, other.token)) << "so that the tables are there";
  database.happens = [&] { ASSERT_TRUE(sessions->Close(TestCall(), "airplay", opened.id)); };

  EXPECT_TRUE(Found(*sessions, opened.token)) << "it was there when it was asked for";

  EXPECT_FALSE(Found(*sessions, opened.token));
}

TEST_P(SessionsTest, AskTheDatabaseOnceInSecondsForASessionsLinks) {
  const auto opened = Opened(Of("user:ann"));
  Meanwhile database(*database_);
  const auto sessions = Server(database, *bus_);

  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Touched(*sessions, opened.id));
  EXPECT_EQ(database.reads, 1);
  now_ += 5s;
  ASSERT_TRUE(Touched(*sessions, opened.id));
  EXPECT_EQ(database.reads, 2);
}

TEST_P(SessionsTest, BelongToWhoeverOpenedThem) {
  const auto opened = Opened(Of("user:ann"));
  const auto seen =
      sessions_->Find(TestCall(), opened.token, [](std::string_view owner) { return owner == "library"; });

  EXPECT_FALSE(*seen);
  EXPECT_EQ(sessions_->Change(TestCall(), "library", opened.id, {.data = "x"}).error().code, Errc::kNotFound);
  EXPECT_EQ(sessions_->Close(TestCall(), "library", opened.id).error().code, Errc::kNotFound);
  Collected others;
  ASSERT_TRUE(sessions_->List(TestCall(), "library", "", 0, 10, others));
  EXPECT_TRUE(others.subjects.empty());
  EXPECT_EQ(Found(*sessions_, opened.token)->data, "planted cookies");
}

TEST_P(SessionsTest, ListsThoseThatAreNotOverTheNewestFirst) {
  for (const auto* const subject : {"user:ann", "user:bob", "user:ann"}) {
    Opened(Of(subject));
    now_ += 1s;
  }
  Opened(Of("user:cut", 1s));
  now_ += 1s;

  EXPECT_THAT(Listed("", 0, 10), ElementsAre("user:ann", "user:bob", "user:ann"));
  EXPECT_THAT(Listed("", 1, 1), ElementsAre("user:bob"));
  EXPECT_THAT(Listed("user:ann", 0, 10), ElementsAre("user:ann", "user:ann"));
  EXPECT_THAT(Listed("", 3, 10), ElementsAre());
  Collected one;
  one.most = 1;
  ASSERT_TRUE(sessions_->List(TestCall(), "airplay", "", 0, 10, one));
  EXPECT_EQ(one.subjects.size(), 1u);
}

TEST_P(SessionsTest, DropsWhatIsOver) {
  Opened(Of("user:brief", 1s));
  Opened(Of("user:idle", 1h, 1s));
  now_ += 61s;
  Opened(Of("user:ann"));

  EXPECT_EQ(Read("SELECT count(*) FROM sluice_sessions").rows[0][0].integer, 1);
}

TEST_P(SessionsTest, RefusesWhatNoSessionCanBe) {
  const auto fault = [&](auto&& spoil) {
    auto session = Of("user:ann");
    spoil(session);
    const auto opened = sessions_->Open(TestCall(), session);
    EXPECT_FALSE(opened);
    return opened ? std::string() : opened.error().message;
  };
  EXPECT_EQ(fault([](Session& s) { s.subject = ""; }), "subject: want 1 to 256 octets, none of control");
  EXPECT_EQ(fault([](Session& s) { s.subject = "a\nb"; }), "subject: want 1 to 256 octets, none of control");
  EXPECT_EQ(fault([](Session& s) { s.scopes.assign(65, "play"); }), "scopes: want at most 64 of 1 to 64 octets");
  EXPECT_EQ(fault([](Session& s) { s.scopes = {""}; }), "scopes: want at most 64 of 1 to 64 octets");
  EXPECT_EQ(fault([](Session& s) { s.data.assign(65537, 'x'); }), "data: want at most 65536 octets");
  EXPECT_EQ(fault([](Session& s) { s.expires_at -= 1h; }), "expires_at: want a time to come");
  EXPECT_EQ(fault([](Session& s) { s.idle_timeout = -1s; }), "idle_timeout: want 0 or more");
}

TEST_P(SessionsTest, AKeyThatThisServerDoesNotHaveIsAFault) {
  const auto opened = Opened(Of("user:ann"));
  const auto other_key = *Secrets::FromKey(std::string(32, 'o'));
  Sessions other(*database_, *other_key, *bus_, [this] { return now_; });

  const auto found = other.Find(TestCall(), opened.token, OfAnybody);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::kInternal);
  EXPECT_THAT(found.error().message, Not(HasSubstr(opened.token)));
}

TEST_P(SessionsTest, ManyThreadsFindTheirOwn) {
  std::vector<sdk::OpenedSession> opened;
  for (int i = 0; i < 8; ++i) opened.push_back(Opened(Of("user:" + std::to_string(i), 1h, 8s)));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 200; ++round) {
        const auto& mine = opened[(i + static_cast<std::size_t>(round)) % opened.size()];
        const auto session = Found(*sessions_, mine.token);
        ASSERT_TRUE(session);
        ASSERT_EQ(session->id, mine.id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(State, SessionsTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

}  // namespace
}  // namespace sluice::state
