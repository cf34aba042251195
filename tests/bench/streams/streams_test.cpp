// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/bench/streams/drain.hpp"
#include "tests/bench/streams/paced.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::bench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::size_t kBodyBytes = 3'000'000;

/// Serves /body; "/" is 200 without it.
class Origin {
 public:
  explicit Origin(const fakes::Certificates* tls = nullptr)
      : nginx_("ssl_protocols TLSv1.3; location / { root www; }", tls) {
    nginx_.folder().Write("www/body", std::string(kBodyBytes, 'x'));
  }
  Target target() const { return {.port = nginx_.port(), .path = "/body"}; }
  const fakes::Nginx& nginx() const { return nginx_; }

 private:
  fakes::Nginx nginx_;
};

std::string FaultOf(const Target& target) {
  try {
    Drain(target, 1, 1);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

TEST(DrainTest, CountsTheBodiesOfEveryRequestOfEveryConnection) {
  const Origin origin;

  const auto drained = Drain(origin.target(), 3, 4);

  EXPECT_EQ(drained.bytes, 3 * 4 * kBodyBytes);
  EXPECT_GT(drained.seconds, 0);
}

TEST(DrainTest, CountsBodiesNotRecordsOverTls) {
  const fakes::TempFolder folder;
  const auto certificates = fakes::MakeCertificates(folder, "DNS:localhost");
  const Origin origin(&certificates);
  auto target = origin.target();
  target.tls = MakeTlsContext(certificates.ca);

  const auto drained = Drain(target, 2, 2);

  EXPECT_EQ(drained.bytes, 2 * 2 * kBodyBytes);
}

TEST(DrainTest, TrustsNoCertificateButTheOneThatWasNamed) {
  const fakes::TempFolder folder;
  const fakes::TempFolder another;
  const auto certificates = fakes::MakeCertificates(folder, "DNS:localhost");
  const Origin origin(&certificates);
  auto target = origin.target();
  target.tls = MakeTlsContext(fakes::MakeCertificates(another, "DNS:localhost").ca);

  EXPECT_THAT(FaultOf(target), HasSubstr("the handshake failed: certificate verify failed"));
}

TEST(DrainTest, RefusesABodyThatBreaksOff) {
  const fakes::FaultyOrigin origin(fakes::FaultyOrigin::Say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"));

  EXPECT_EQ(FaultOf({.port = origin.port()}), "the connection ended early");
}

TEST(DrainTest, RefusesABodyThatIsTooLong) {
  const fakes::FaultyOrigin origin(fakes::FaultyOrigin::Say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n12345"));

  EXPECT_EQ(FaultOf({.port = origin.port()}), "more octets than Content-Length says");
}

TEST(DrainTest, RefusesAnswersThatAreNoBodies) {
  const Origin origin;
  auto target = origin.target();
  target.path = "/nowhere";

  EXPECT_THAT(FaultOf(target), HasSubstr("want 200 with Content-Length, got: HTTP/1.1 404"));
}

TEST(FirstOctetsTest, TimesEachTargetInEachRound) {
  const Origin near;
  const Origin far;

  const auto times = FirstOctets({near.target(), far.target()}, 5);

  EXPECT_THAT(times, ElementsAre(SizeIs(5), SizeIs(5)));
  EXPECT_THAT(times, Each(Each(Gt(0))));
}

TEST(PacedTest, NoConnectionTakesMoreThanItsPace) {
  const Origin origin;
  auto target = origin.target();
  target.receive_buffer_bytes = 64 * 1024;
  std::vector<unsigned> seconds;

  const auto received = TakePaced(target, {.connections = 20, .bytes_per_second = 200'000, .seconds = 2},
                                  [&](unsigned second) { seconds.push_back(second); });

  EXPECT_THAT(seconds, ElementsAre(0, 1, 2));
  ASSERT_THAT(received, SizeIs(20));
  for (const auto bytes : received) {
    EXPECT_GT(bytes, 200'000);  // a machine may be slow; half is enough to see that it goes on after the first second
    EXPECT_LE(bytes, 410'000);  // two seconds, and the ticks that passed together with the last
  }
}

TEST(PacedTest, RefusesABodyThatEndsBeforeTheTime) {
  const Origin origin;

  EXPECT_THROW(
      TakePaced(origin.target(), {.connections = 1, .bytes_per_second = 100'000'000, .seconds = 2}, [](unsigned) {}),
      std::runtime_error);
}

}  // namespace
}  // namespace sluice::bench
