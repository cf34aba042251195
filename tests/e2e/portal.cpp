// SPDX-License-Identifier: MIT
/// \file
/// Endpoint "portal", for tests alone: opens and closes sessions for whoever asks.

#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>

#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace sluice::tests {

class Portal final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "portal",
      .summary = "Opens sessions for tests",
      .config_schema = R"({"type": "object", "additionalProperties": false, "properties": {}})"};

  static sdk::Result<std::unique_ptr<Portal>> Create(sdk::Host host, const sdk::Config&) {
    return std::unique_ptr<Portal>(new Portal(std::move(host)));
  }

  std::vector<sdk::Route> Routes() const override {
    return {{.method = "POST", .path_template = "/{subject}/{life}/{idle}"},
            {.method = "DELETE", .path_template = "/{id}"}};
  }

  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte>, sdk::ResponseWriter& response) override {
    std::string text;
    if (route == 0) {
      const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now());
      auto opened = host_.sessions().Open(call, {.subject = std::string(sdk::FieldValue(head.params, "subject")),
                                                 .expires_at = now + SecondsOf(head, "life"),
                                                 .idle_timeout = SecondsOf(head, "idle")});
      if (!opened) return std::move(opened).error();
      text = opened->id + " " + opened->token;
    } else if (auto closed = host_.sessions().Close(call, sdk::FieldValue(head.params, "id")); !closed) {
      return std::move(closed).error();
    }
    if (auto started = response.Start(200, {}); !started) return std::move(started).error();
    if (auto sent = response.Write(sdk::AsBytes(text)); !sent) return std::move(sent).error();
    return std::optional<sdk::Source>{};
  }

 private:
  explicit Portal(sdk::Host host) : host_(std::move(host)) {}

  static std::chrono::seconds SecondsOf(const sdk::RequestHead& head, std::string_view name) {
    const auto text = sdk::FieldValue(head.params, name);
    std::chrono::seconds::rep value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::chrono::seconds(value);
  }

  const sdk::Host host_;
};

}  // namespace sluice::tests

SLUICE_PLUGIN("org.sluice.tests.portal", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::tests::Portal>);
