// SPDX-License-Identifier: MIT
#include "tests/core/upstream/small_cache_fixture.hpp"

namespace sluice::upstream {
namespace {

/// An origin that redirects once, and viewers of whom each has an opinion of that.
class SmallRedirectTest : public SmallCacheTest {
 protected:
  static Request Led(const Request& request, sdk::Result<std::vector<sdk::Header>> said) {
    auto led = request;
    led.max_redirects = 1;
    led.on_redirect = [said = std::move(said)](std::string_view) { return said; };
    return led;
  }
  /// Answers /a by a redirect, anything else by its number.
  FaultyOrigin::Script Redirecting() {
    return [this](FaultyOrigin::Peer& peer) {
      for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
        if (head.starts_with("GET /a ")) {
          peer.Send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
          continue;
        }
        peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\nContent-Length: 1\r\n\r\n" +
                  std::to_string(++served_));
      }
    };
  }
  static sdk::Result<std::vector<sdk::Header>> Plain() { return std::vector<sdk::Header>{}; }
  static sdk::Result<std::vector<sdk::Header>> Own() { return std::vector<sdk::Header>{{"X-Key", "mine"}}; }
  static sdk::Result<std::vector<sdk::Header>> No() {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not there"};
  }
};

TEST_F(SmallRedirectTest, AsksEachViewerWhereRedirectsMayLead) {
  FaultyOrigin origin(Redirecting());
  const auto request = Get(origin.url() + "/a");

  EXPECT_EQ(Ask(Led(request, Plain())), "1");
  EXPECT_EQ(Ask(Led(request, Plain())), "1");
  EXPECT_EQ(Ask(Led(request, No())), "not there");
  EXPECT_EQ(Ask(Led(request, Own())), "2") << "what it is led to is its own";
  EXPECT_EQ(Ask(Led(request, Plain())), "1");
}

TEST_F(SmallRedirectTest, KeepsNothingThatOneViewersFieldsLedTo) {
  FaultyOrigin origin(Redirecting());
  const auto request = Get(origin.url() + "/a");

  EXPECT_EQ(Ask(Led(request, Own())), "1");
  EXPECT_EQ(Ask(Led(request, Plain())), "2");
}

}  // namespace
}  // namespace sluice::upstream
