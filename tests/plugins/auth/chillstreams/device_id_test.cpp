// SPDX-License-Identifier: MIT
#include "device_id.hpp"

#include <string>

#include "support.hpp"
#include "user_id.hpp"

namespace sluice::plugins::chillstreams {
namespace {

const std::string kPlain = "941ed7a8935a27ea3690b28a89b8b172e493dbd99542d8fce4117c7321849d61";
const std::string kSalted = "520890a71b91fd0837b51873ee80c4f834f914c92e9257e5d76fdc3fcbfd6c6d";
const std::string kSalt = "salt-of-the-test-0123";

TEST(DeviceIdTest, IsWhatThePoolsOtherClientsMake) {
  EXPECT_EQ(DeviceIdOf(DescribeDevice("192.0.2.10", "Player/1.0"), ""), kPlain);
  EXPECT_EQ(DeviceIdOf(DescribeDevice("", ""), ""), "cbe5cfdf7c2118a9c3d78ef1d684f3afa089201352886449a06a6511cfef74a7");
  EXPECT_EQ(DeviceIdOf(DescribeDevice("2001:db8::1", "Player/1.0"), ""),
            "241b843469d30d3c723d4f4b04f22ca8f6740c86e061aad3e088dcd38c3e7f3c");
}

TEST(DeviceIdTest, CannotBeFoundByTryingAddressesOnceItIsSalted) {
  EXPECT_EQ(DeviceIdOf(DescribeDevice("192.0.2.10", "Player/1.0"), kSalt), kSalted);
}

TEST(UserIdTest, TakesTheShapeOfAUuidAndNothingElse) {
  const auto parsed = ParseCredential("3F2B1C00-AAAA-0BBB-FCCC-0123456789AB", false);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->user_id, "3f2b1c00-aaaa-0bbb-fccc-0123456789ab");
  EXPECT_EQ(parsed->client_id, "");

  for (const std::string& other :
       {std::string(), kUser.substr(1), kUser + "0", " " + kUser, kUser + " ", kUser + "\n", "{" + kUser + "}",
        kUser + ":", kUser + ":tv", "urn:uuid:" + kUser, std::string(36, 'a'), std::string(36, '-'),
        std::string("3f2b1c00aaaa-4bbb-8ccc-0123456789ab0"), std::string("3f2b1c0g-aaaa-4bbb-8ccc-0123456789ab"),
        std::string("3f2b1c0\0-aaaa-4bbb-8ccc-0123456789ab", 36)})
    EXPECT_FALSE(ParseCredential(other, false)) << other;
}

TEST(UserIdTest, TakesAClientIdWhereThatIsAllowed) {
  EXPECT_EQ(ParseCredential(kUser, true)->client_id, "");
  for (const std::string& client : {std::string("a"), std::string("Living-Room.tv_2"), std::string(64, 'x')}) {
    const auto parsed = ParseCredential(kUser + ":" + client, true);
    ASSERT_TRUE(parsed) << client;
    EXPECT_EQ(parsed->user_id, kUser);
    EXPECT_EQ(parsed->client_id, client);
  }
  for (const std::string& client : {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a:b"),
                                    std::string("a|b"), std::string("\xc3\xa4"), std::string("a\0", 2)})
    EXPECT_FALSE(ParseCredential(kUser + ":" + client, true)) << client;
  EXPECT_FALSE(ParseCredential(kUser + "/tv", true));
}

class DeviceTest : public PoolTest {
 protected:
  std::string Device(std::size_t request) { return BodyOf(request).at("deviceId"); }
};

TEST_F(DeviceTest, IsToldByAddressAndUserAgent) {
  Answer(Granted());
  Make();

  Verdict();
  Come({.scheme = "bearer", .secret = kUser, .client_ip = "192.0.2.11"});
  Come({.scheme = "bearer", .secret = kUser, .user_agent = "Player/1.1"});

  ASSERT_EQ(asked(), 3U);
  EXPECT_EQ(Device(0), kPlain);
  EXPECT_NE(Device(1), kPlain);
  EXPECT_NE(Device(2), kPlain);
}

TEST_F(DeviceTest, IsSaltedWhereTheOperatorSaysSo) {
  Answer(Granted());
  Make(Config().With("/device", "salted").With("/device_salt", kSalt));

  Verdict();

  EXPECT_EQ(Device(0), kSalted);
}

TEST_F(DeviceTest, IsTheOneThatTheViewerNamesWhereverTheyAre) {
  Answer(Granted());
  Make(Config().With("/client_id", true));

  Verdict(kUser + ":living-room.tv_2");
  Come({.scheme = "bearer", .secret = kUser + ":living-room.tv_2", .client_ip = "198.51.100.7"});

  ASSERT_EQ(asked(), 1U);
  EXPECT_EQ(Device(0), "3c14c1fc709af3d421779b9d0c763d110952f1e935dfc7d90765fe40be6f2470");
  EXPECT_EQ(BodyOf(0).at("userId"), kUser);
}

TEST_F(DeviceTest, LetsNoUserAgentIntoTheRequest) {
  Answer(Granted());
  Make();
  const std::string hostile = "x\r\nAuthorization: Bearer planted\r\n\r\n\",\"allowed\":true \xff\xfe| y";

  Come({.scheme = "bearer", .secret = kUser, .user_agent = hostile});

  EXPECT_EQ(Device(0).find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(Device(0).size(), 64U);
  EXPECT_EQ(BodyOf(0).size(), 4U);
}

}  // namespace
}  // namespace sluice::plugins::chillstreams
