// SPDX-License-Identifier: MIT
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;

class GuardTest : public ClientTest {
 protected:
  sdk::Errc CodeOf(const Request& request) {
    const auto response = client_->Fetch(AnyCall(), request);
    EXPECT_FALSE(response) << request.url;
    return response ? sdk::Errc::kInternal : response.error().code;
  }
};

TEST_F(GuardTest, RefusesNamesThatResolveToAnyPrivateAddress) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 204 x\r\n\r\n"));
  int asked = 0;
  MakeClient({}, std::make_unique<ScriptedResolver>(
                     ScriptedResolver::Answers{{"127.0.0.1"}, {"8.8.8.8", "127.0.0.1"}, {"64:ff9b::7f00:1"}}, asked));
  for (const char* name : {"a.test", "b.test", "c.test"}) {
    EXPECT_EQ(CodeOf(Get("http://" + std::string(name) + ":" + std::to_string(origin.port()) + "/")),
              sdk::Errc::kPermissionDenied);
  }
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(origin.connections(), 0);
}

TEST_F(GuardTest, ConnectsToTheAddressThatWasCheckedAndAsksOnce) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  int asked = 0;
  // A rebinding name: the second answer must not be asked for, let alone used.
  MakeClient({.trusted = {"127.0.0.0/8:" + std::to_string(origin.port())}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.1"}, {"10.0.0.1"}}, asked));

  EXPECT_EQ(Fetch(Get("http://rebind.test:" + std::to_string(origin.port()) + "/")), "200 ok");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(CodeOf(Get("http://rebind.test:1/")), sdk::Errc::kPermissionDenied) << "a cached answer is judged anew";
}

TEST_F(GuardTest, TriesTheNextCheckedAddress) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  int asked = 0;
  MakeClient({.trusted = {"two.test"}},
             std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"127.0.0.2", "127.0.0.1"}}, asked));

  EXPECT_EQ(Fetch(Get("http://two.test:" + std::to_string(origin.port()) + "/")), "200 ok");
}

TEST_F(GuardTest, TrustsWhatTheOperatorNames) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  const auto port = std::to_string(origin.port());
  MakeClient({.trusted = {"localhost:" + port}});

  EXPECT_EQ(Fetch(Get("http://LOCALHOST:" + port + "/")), "200 ok");
  EXPECT_EQ(CodeOf(Get(origin.url())), sdk::Errc::kPermissionDenied) << "the name is trusted, not the address";
}

TEST_F(GuardTest, TrustsNothingWhenTheListCannotBeRead) {
  MakeClient({.trusted = {"127.0.0.1", "nonsense/8"}});

  EXPECT_EQ(CodeOf(Get("http://127.0.0.1:1/")), sdk::Errc::kPermissionDenied);
}

TEST_F(GuardTest, DeniesWhatTheOperatorNames) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"));
  MakeClient({.trusted = {"127.0.0.1"}, .denied = {"127.0.0.1:" + std::to_string(origin.port())}});

  EXPECT_EQ(Fetch(Get(origin.url())),
            "127.0.0.1:" + std::to_string(origin.port()) + ": want an upstream that is not denied");
  EXPECT_EQ(origin.connections(), 0);
}

TEST_F(GuardTest, KeepsToTheAllowedPortsOnRedirectsToo) {
  FaultyOrigin origin(FaultyOrigin::Say("HTTP/1.1 302 x\r\nLocation: http://8.8.8.8:22/\r\nContent-Length: 0\r\n\r\n"));
  MakeClient({.trusted = {"127.0.0.1"}, .ports = {"80", "443"}});
  auto request = Get(origin.url());
  request.max_redirects = 1;

  EXPECT_EQ(Fetch(request), "8.8.8.8:22: want an allowed port, or a trusted upstream");
}

TEST_F(GuardTest, SaysNeitherAddressNorQuery) {
  int asked = 0;
  MakeClient({}, std::make_unique<ScriptedResolver>(ScriptedResolver::Answers{{"10.9.8.7"}, {}}, asked));

  EXPECT_EQ(Fetch(Get("http://inner.test/p?token=secret")),
            "inner.test:80: want a public address, or a trusted upstream");
  EXPECT_EQ(Fetch(Get("http://gone.test/p?token=secret")), "gone.test: want a name that resolves");
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "dns"), 1);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "guard"), 1);
}

}  // namespace
}  // namespace sluice::upstream
