// SPDX-License-Identifier: MIT
#include "plugins/endpoint/clearkey/clearkey.hpp"

#include <gmock/gmock.h>
#include <sluice/sdk/testing/conformance_endpoint.hpp>
#include <sluice/sdk/testing/json.hpp>
#include <thread>

#include "plugins/endpoint/clearkey/signature.hpp"

namespace sluice::plugins::clearkey {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::RecordedResponse;
using sdk::testing::TestRequest;
using ::testing::HasSubstr;

constexpr auto kKid = "00112233445566778899aabbccddeeff";
constexpr auto kKidUrl = "ABEiM0RVZneImaq7zN3u_w";
constexpr auto kKey = "0102030405060708090a0b0c0d0e0f10";
constexpr auto kKeyUrl = "AQIDBAUGBwgJCgsMDQ4PEA";
constexpr auto kOtherKid = "ffffffffffffffffffffffffffffffff";
constexpr auto kSecret = "a secret to sign with";
constexpr auto kToken = "operator-token";

enum Route : std::size_t { kList, kBareList, kKeySet, kLicence, kPut, kDrop };

class ClearKeyTest : public ::testing::Test {
 protected:
  void Make(std::string_view more = {}) {
    const std::string config = R"({"admin_token": ")" + std::string(kToken) + "\"" + std::string(more) + "}";
    auto made = CreateThroughAbi<ClearKey>(std::string_view(config), host_);
    ASSERT_TRUE(made) << made.error().message;
    endpoint_.emplace(*std::move(made));
  }
  void MakeSigned() { Make(R"(, "signing_secret": ")" + std::string(kSecret) + "\""); }

  /// \returns  the status, or the message of the refusal.
  std::string Ask(std::size_t route, TestRequest request, std::string_view body = {}) {
    response_ = {};
    const auto answer = (*endpoint_)->Handle(AnyCall(), route, request.head(), sdk::AsBytes(body), response_);
    if (answer) return std::to_string(response_.status);
    code_ = answer.error().code;
    return answer.error().message;
  }
  std::string Put(const std::string& name, const std::string& body) {
    return Ask(
        kPut,
        TestRequest("PUT", "/" + name).Param("name", name).Header("Authorization", "Bearer " + std::string(kToken)),
        body);
  }
  std::string List() {
    Ask(kList, TestRequest("GET", "/").Header("X-Sluice-Admin-Token", kToken));
    return response_.body;
  }
  static std::string Signed(const std::string& query, const std::string& host = "gw.example:8443") {
    const auto sig = Sign(kSecret, "https://" + host + "/keys/clearkey" + (query.empty() ? "" : "?" + query));
    return "/clearkey?" + query + (query.empty() ? "" : "&") + "sig=" + sig;
  }
  std::string Get(const std::string& target) {
    return Ask(kKeySet, TestRequest("GET", target).Header("host", "gw.example:8443"));
  }
  std::string Post(const std::string& target, const std::string& body) {
    return Ask(kLicence, TestRequest("POST", target).Header("Host", "gw.example:8443"), body);
  }

  sdk::testing::FakeHost host_;
  std::optional<sdk::testing::ThroughAbi<sdk::Endpoint>> endpoint_;
  RecordedResponse response_;
  sdk::Errc code_{};
};

TEST_F(ClearKeyTest, AnswersASignedQueryWithAKeySet) {
  MakeSigned();
  ASSERT_EQ(Put(kKid, R"({"key": ")" + std::string(kKey) + "\"}"), "204");

  ASSERT_EQ(Get(Signed("kid=" + std::string(kKidUrl))), "200");

  EXPECT_EQ(response_.body, R"({"keys":[{"kty":"oct","kid":")" + std::string(kKidUrl) + R"(","k":")" +
                                std::string(kKeyUrl) + R"("}]})");
  EXPECT_EQ(response_.header("Content-Type"), "application/json");
  EXPECT_EQ(response_.header("Cache-Control"), "no-store, must-revalidate");
  EXPECT_EQ(Get(Signed("kid=" + std::string(kKid))), "200") << "hex will do";
}

TEST_F(ClearKeyTest, SignaturesAreHmacSha256) {
  // RFC 4231, test case 2.
  EXPECT_EQ(Sign("Jefe", "what do ya want for nothing?"), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
  EXPECT_EQ(SignedText("h:1", "/p", "z=1&sig=x&a=%2F&kid=2&a"), "https://h:1/p?a&a=%2F&kid=2&z=1");
  EXPECT_EQ(SignedText("h", "/p", "sig=x"), "https://h/p");
}

TEST_F(ClearKeyTest, RefusesWhatIsNotSigned) {
  MakeSigned();
  ASSERT_EQ(Put(kKid, R"({"key": ")" + std::string(kKey) + "\"}"), "204");
  const auto kid = "kid=" + std::string(kKid);
  const auto good = Signed(kid);

  EXPECT_EQ(Get("/clearkey?" + kid), "sig: is missing");
  EXPECT_EQ(code_, sdk::Errc::kUnauthenticated);
  EXPECT_EQ(Get("/clearkey?" + kid + "&sig=AAAA"), "sig: is not of this URL");
  EXPECT_EQ(Get(good + "&more=1"), "sig: is not of this URL");
  EXPECT_EQ(Get(Signed(kid, "other.example")), "sig: is not of this URL");
  auto other = good;
  other.replace(other.find(kKid), 2, "11");
  EXPECT_EQ(Get(other), "sig: is not of this URL");
  EXPECT_EQ(code_, sdk::Errc::kUnauthenticated);
}

TEST_F(ClearKeyTest, SaysWhichKidIsWrong) {
  MakeSigned();

  EXPECT_EQ(Get(Signed("kid=" + std::string(kOtherKid))), "kid: there is no such key");
  EXPECT_EQ(code_, sdk::Errc::kNotFound);
  EXPECT_EQ(Get(Signed("kid=abc")), "kid: want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(code_, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(Get(Signed("")), "kid: want 16 octets as 32 hex digits or in base64url");
}

TEST_F(ClearKeyTest, SignaturesMayRunOut) {
  MakeSigned();
  ASSERT_EQ(Put(kKid, R"({"key": ")" + std::string(kKey) + R"(", "ttl": 0})"), "204");
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock.Now()).time_since_epoch().count();
  const auto target = Signed("exp=" + std::to_string(now + 10) + "&kid=" + kKid);

  EXPECT_EQ(Get(target), "200");
  host_.clock.Advance(std::chrono::seconds(10));
  EXPECT_EQ(Get(target), "exp: has passed");
  EXPECT_EQ(Get(Signed("exp=soon&kid=" + std::string(kKid))), "exp: want seconds since 1970");
}

TEST_F(ClearKeyTest, AnswersLicenceRequests) {
  MakeSigned();
  ASSERT_EQ(Put(kKid, R"({"k": ")" + std::string(kKeyUrl) + "\"}"), "204");
  const auto asks = [](const std::string& kids) { return R"({"kids": [)" + kids + R"(], "type": "temporary"})"; };

  ASSERT_EQ(Post(Signed(""), asks("\"" + std::string(kKidUrl) + "\", \"_____________________w\"")), "200");
  EXPECT_EQ(response_.body, R"({"keys":[{"kty":"oct","kid":")" + std::string(kKidUrl) + R"(","k":")" +
                                std::string(kKeyUrl) + R"("}],"type":"temporary"})");
  EXPECT_EQ(Post(Signed("kid=" + std::string(kOtherKid)), asks("\"" + std::string(kKidUrl) + "\"")),
            "kid: there is no such key")
      << "the signature is for another key";
  EXPECT_EQ(Post("/clearkey", asks("\"" + std::string(kKidUrl) + "\"")), "sig: is missing");
}

TEST_F(ClearKeyTest, SaysWhatIsWrongWithALicenceRequest) {
  MakeSigned();
  EXPECT_EQ(Post(Signed(""), "kids"), "licence request: want a JSON object");
  EXPECT_EQ(Post(Signed(""), "{}"), "/kids: want 1 to 256 key ids");
  EXPECT_EQ(Post(Signed(""), R"({"kids": [1]})"), "/kids: want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(Post(Signed(""), R"({"kids": [")" + std::string(kKidUrl) + R"("], "type": "forever"})"),
            "/type: want temporary or persistent-license");
  EXPECT_EQ(Post(Signed(""), R"({"kids": [")" + std::string(kKidUrl) + R"("]})"), "kid: there is no such key");
}

TEST_F(ClearKeyTest, KeysRunOut) {
  MakeSigned();
  ASSERT_EQ(Put(kKid, R"({"key": ")" + std::string(kKey) + "\"}"), "204");
  ASSERT_EQ(Put(kOtherKid, R"({"key": ")" + std::string(kKey) + R"(", "ttl": 1000})"), "204");
  const auto target = Signed("kid=" + std::string(kKid));

  host_.clock.Advance(std::chrono::seconds(299));
  EXPECT_EQ(Get(target), "200");
  EXPECT_EQ(List(), "Registered keys: " + std::string(kKid) + ", " + kOtherKid + "\n");
  host_.clock.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Get(target), "kid: there is no such key");
  EXPECT_EQ(List(), "Registered keys: " + std::string(kOtherKid) + "\n");
}

TEST_F(ClearKeyTest, TheOperatorListsAndDropsKeys) {
  MakeSigned();
  EXPECT_EQ(List(), "No keys have been registered\n");
  ASSERT_EQ(Put("00112233-4455-6677-8899-AABBCCDDEEFF", R"({"key": ")" + std::string(kKey) + "\"}"), "204");
  EXPECT_EQ(List(), "Registered keys: " + std::string(kKid) + "\n");

  const auto drop = [&](const std::string& name) {
    return Ask(kDrop, TestRequest("DELETE", "/" + name).Param("name", name).Header("X-Sluice-Admin-Token", kToken));
  };
  EXPECT_EQ(drop(kKid), "204");
  EXPECT_EQ(drop(kKid), "204");
  EXPECT_EQ(List(), "No keys have been registered\n");
  EXPECT_EQ(Get(Signed("kid=" + std::string(kKid))), "kid: there is no such key");
}

TEST_F(ClearKeyTest, NobodyElseTouchesKeys) {
  MakeSigned();
  for (const std::string given : {"", "Bearer wrong", "Bearer", "Basic operator-token"}) {
    for (const auto route : {kList, kBareList, kPut, kDrop}) {
      const auto request = TestRequest("PUT", "/").Param("name", kKid).Header("Authorization", given);
      EXPECT_THAT(Ask(route, request, R"({"key": ")" + std::string(kKey) + "\"}"), HasSubstr("want the admin token"));
      EXPECT_EQ(code_, sdk::Errc::kUnauthenticated);
    }
  }
  EXPECT_TRUE(host_.secrets.kept().entries().empty());
  auto none = CreateThroughAbi<ClearKey>({}, host_);
  ASSERT_TRUE(none);
  endpoint_.emplace(*std::move(none));
  EXPECT_THAT(Put(kKid, "{}"), HasSubstr("want the admin token")) << "without a token nobody is the operator";
}

TEST_F(ClearKeyTest, SaysWhatIsWrongWithWhatIsPut) {
  MakeSigned();
  EXPECT_EQ(Put("abc", R"({"key": ")" + std::string(kKey) + "\"}"),
            "kid: want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(Put(kKid, R"({"key": "0011"})"), "/key: want 16 octets as 32 hex digits or in base64url");
  EXPECT_EQ(Put(kKid, "[]"), "want a JSON object with `key`, and with `ttl` if need be");
  EXPECT_EQ(Put(kKid, R"({"key": 5})"), "/key: want text");
  EXPECT_EQ(Put(kKid, R"({"key": ")" + std::string(kKey) + R"(", "ttl": -1})"), "/ttl: want seconds, 0 or more");
}

TEST_F(ClearKeyTest, TheSigningSecretMayBePut) {
  Make();
  const auto target = Signed("kid=" + std::string(kKid));
  EXPECT_EQ(Get(target), "nothing can be signed: there is no signing secret");
  EXPECT_EQ(code_, sdk::Errc::kUnauthenticated);
  EXPECT_EQ(Put("signing-secret", R"({"key": "short"})"), "/key: is too short; want 16 characters or more");

  ASSERT_EQ(Put("signing-secret", R"({"key": ")" + std::string(kSecret) + "\"}"), "204");
  EXPECT_EQ(Get(target), "kid: there is no such key");
  EXPECT_EQ(List(), "No keys have been registered\n");

  EXPECT_EQ(Ask(kDrop, TestRequest("DELETE", "/signing-secret")
                           .Param("name", "signing-secret")
                           .Header("Authorization", "bearer " + std::string(kToken))),
            "204");
  EXPECT_EQ(Get(target), "nothing can be signed: there is no signing secret");
}

TEST_F(ClearKeyTest, WithoutSignaturesAPrincipalIsNeeded) {
  Make(R"(, "signed": false, "keys": {")" + std::string(kKid) + R"(": ")" + kKey + R"("})");

  EXPECT_EQ(Get("/clearkey?kid=" + std::string(kKid)), "a credential is required");
  EXPECT_EQ(Ask(kKeySet, TestRequest("GET", "/clearkey?kid=" + std::string(kKid)).As({.subject = "user:1"})), "200");
}

TEST_F(ClearKeyTest, ServesTheConfiguredKeysToo) {
  Make(R"(, "signing_secret": ")" + std::string(kSecret) + R"(", "keys": {")" + kKid + R"(": ")" + kKey + R"("})");

  EXPECT_EQ(Get(Signed("kid=" + std::string(kKid))), "200");
  EXPECT_EQ(List(), "Registered keys: " + std::string(kKid) + "\n");
}

TEST_F(ClearKeyTest, RefusesConfigurationsThatAreNoGood) {
  const auto fault = [&](std::string_view config) {
    const auto made = CreateThroughAbi<ClearKey>(config, host_);
    return made ? std::string("none") : made.error().message;
  };
  EXPECT_EQ(fault(R"({"admin_token": "short"})"), "/admin_token: is too short; want 8 characters or more");
  EXPECT_EQ(fault(R"({"signing_secret": "short"})"), "/signing_secret: is too short; want 16 characters or more");
  EXPECT_EQ(fault(R"({"keys": {"x": "y"}})"),
            "/keys: a name that is no key id; want 16 octets as 32 hex digits or in base64url");
}

TEST_F(ClearKeyTest, ManyMayPutAtOnce) {
  MakeSigned();
  std::vector<std::thread> operators;
  for (int i = 0; i < 8; ++i)
    operators.emplace_back([&, i] {
      std::string kid = kKid;
      kid[0] = static_cast<char>('0' + i);
      auto request =
          TestRequest("PUT", "/").Param("name", kid).Header("Authorization", "Bearer " + std::string(kToken));
      RecordedResponse response;
      const std::string body = R"({"key": ")" + std::string(kKey) + "\"}";
      EXPECT_TRUE((*endpoint_)->Handle(AnyCall(), kPut, request.head(), sdk::AsBytes(body), response));
    });
  for (auto& one : operators) one.join();

  const auto list = List();
  EXPECT_EQ(std::count(list.begin(), list.end(), ','), 7) << list;
}

TEST_F(ClearKeyTest, ACacheThatIsAwayIsAnError) {
  MakeSigned();
  host_.secrets.kept().FailWith(sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "cache is away"});

  EXPECT_EQ(Get(Signed("kid=" + std::string(kKid))), "cache is away");
}

struct Licences : sdk::testing::EndpointFixture {
  Licences() {
    config = sdk::testing::TestConfig({{"/admin_token", kToken}, {"/signing_secret", kSecret}});
    config = config.With("/keys", *sdk::testing::Json::Parse(R"({")" + std::string(kKid) + R"(": ")" + kKey + R"("})"));
    route = kLicence;
    const auto sig = Sign(kSecret, "https://gw.example/keys/clearkey");
    request = TestRequest("POST", "/clearkey?sig=" + sig).Header("Host", "gw.example");
    body = R"({"kids": [")" + std::string(kKidUrl) + R"("]})";
    secrets = {kToken, kSecret, kKey, kKeyUrl};
  }
};
SLUICE_ENDPOINT_CONFORMANCE(ClearKey, Licences);

}  // namespace
}  // namespace sluice::plugins::clearkey
