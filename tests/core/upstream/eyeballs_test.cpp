// SPDX-License-Identifier: MIT
#include "core/upstream/eyeballs.hpp"

#include <future>

#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/full_port.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using fakes::FullPort;
using std::chrono::milliseconds;

std::vector<net::IpAddress> Addresses(std::initializer_list<const char*> texts) {
  std::vector<net::IpAddress> addresses;
  for (const char* text : texts) addresses.push_back(net::IpAddress::Parse(text).value());
  return addresses;
}

TEST(InterleaveTest, LetsTheFamiliesTakeTurns) {
  EXPECT_EQ(Interleave(Addresses({"::1", "::2", "::3", "1.0.0.1", "1.0.0.2"})),
            Addresses({"::1", "1.0.0.1", "::2", "1.0.0.2", "::3"}));
  EXPECT_EQ(Interleave(Addresses({"1.0.0.1", "::1", "::2"})), Addresses({"1.0.0.1", "::1", "::2"}));
  EXPECT_EQ(Interleave(Addresses({"1.0.0.1", "1.0.0.2"})), Addresses({"1.0.0.1", "1.0.0.2"}));
  EXPECT_TRUE(Interleave({}).empty());
}

TEST(InterleaveTest, KeepsNoMoreThanSixteenOfBothFamilies) {
  std::vector<net::IpAddress> many;
  for (std::uint8_t n = 0; n < 40; ++n) many.push_back(net::IpAddress::FromV4({1, 0, 0, n}));
  many.push_back(net::IpAddress::Parse("::1").value());

  const auto kept = Interleave(many);

  EXPECT_EQ(kept.size(), kMaxAddresses);
  EXPECT_TRUE(kept[1].is_v6());
}

class EyeballsTest : public testing::Test {
 protected:
  Connected Connect(std::initializer_list<const char*> addresses, milliseconds stagger,
                    milliseconds limit = milliseconds(10'000)) {
    return ConnectFirst(Addresses(addresses), origin_.port(), TestCall(), After(limit), stagger);
  }

  FaultyOrigin origin_{[](FaultyOrigin::Peer& peer) { peer.WaitForHangUp(); }};  // at 127.0.0.1
};

TEST_F(EyeballsTest, TakesTheFirstWhenItAnswers) {
  const FullPort other("127.0.0.2", origin_.port());

  const auto connected = Connect({"127.0.0.1", "127.0.0.2"}, std::chrono::hours(1));

  EXPECT_EQ(connected.outcome, Connected::Outcome::kConnected);
  EXPECT_EQ(connected.peer, net::IpAddress::Parse("127.0.0.1"));
}

TEST_F(EyeballsTest, StartsTheNextWhenTheFirstTakesLong) {
  const FullPort silent("127.0.0.2", origin_.port());
  const auto begin = Clock::now();

  const auto connected = Connect({"127.0.0.2", "127.0.0.1"}, milliseconds(50));

  EXPECT_EQ(connected.outcome, Connected::Outcome::kConnected);
  EXPECT_EQ(connected.peer, net::IpAddress::Parse("127.0.0.1"));
  EXPECT_GE(Clock::now() - begin, milliseconds(50));
}

TEST_F(EyeballsTest, StartsTheNextAtOnceWhenTheFirstFails) {
  const auto connected = Connect({"127.0.0.3", "127.0.0.1"}, std::chrono::hours(1));

  EXPECT_EQ(connected.outcome, Connected::Outcome::kConnected);
  EXPECT_EQ(connected.peer, net::IpAddress::Parse("127.0.0.1"));
}

TEST_F(EyeballsTest, SaysHowItEnded) {
  const FullPort silent("127.0.0.2", origin_.port());

  EXPECT_EQ(Connect({"127.0.0.3", "127.0.0.4"}, milliseconds(1)).outcome, Connected::Outcome::kFailed);
  EXPECT_EQ(Connect({"127.0.0.3", "127.0.0.2"}, milliseconds(1), milliseconds(20)).outcome,
            Connected::Outcome::kTimeout);
  EXPECT_EQ(Connect({}, milliseconds(1)).outcome, Connected::Outcome::kFailed);
  EXPECT_EQ(
      ConnectFirst(Addresses({"127.0.0.2"}), origin_.port(), sdk::testing::CancelledCall(), Clock::time_point::max())
          .outcome,
      Connected::Outcome::kCancelled);
}

TEST_F(EyeballsTest, StopsSoonAfterTheViewerLeft) {
  const FullPort silent("127.0.0.2", origin_.port());
  TestCall call;
  auto connecting = std::async(std::launch::async, [&] {
    return ConnectFirst(Addresses({"127.0.0.2"}), origin_.port(), call, Clock::time_point::max()).outcome;
  });

  call.Cancel();

  EXPECT_EQ(connecting.get(), Connected::Outcome::kCancelled);
}

class EyeballsClientTest : public ClientTest {};

TEST_F(EyeballsClientTest, ServesAViewerThoughOneAddressIsSilent) {
  const FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  const FullPort silent("127.0.0.2", origin.port());
  int asked = 0;
  MakeClient({.trusted = {"two.test"}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.2", "127.0.0.1"}}, asked));
  auto request = Get("http://two.test:" + std::to_string(origin.port()) + "/");
  request.connect_timeout = std::chrono::minutes(1);

  EXPECT_EQ(Fetch(request), "200 ok");
}

}  // namespace
}  // namespace sluice::upstream
