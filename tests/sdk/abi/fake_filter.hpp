// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeFilter: writes down what it sees, answers from a script.

#include <sluice/sdk/filter.hpp>

#include <memory>
#include <optional>

#include "tests/sdk/abi/fakes.hpp"

namespace sluice::sdk::abi_test {

class FakeBody final : public BodyTransform {
 public:
  explicit FakeBody(Script& script) : script_(script) {}
  ~FakeBody() override { script_.seen << "closed\n"; }
  Status Write(std::span<const std::byte> chunk, ByteSink& next) override {
    if (script_.before) script_.before();
    if (script_.fail) return *script_.fail;
    return next.Write(chunk);
  }
  Status Finish(ByteSink& next) override {
    if (script_.before) script_.before();
    if (script_.fail) return *script_.fail;
    return next.Write(AsBytes("end"));
  }

 private:
  Script& script_;
};

class FakeFilter final : public Filter {
 public:
  explicit FakeFilter(Script& script) : script_(script) {}
  Result<std::optional<Reply>> OnRequest(const Call& call, const RequestHead& head, HeadEdit& edit) override {
    auto fail = script_.Enter(call, "on_request");
    Show(script_.seen, head);
    if (fail) return *fail;
    edit.Set("X-Seen", "yes");
    edit.Remove("Cookie");
    if (head.method != "POST") return std::optional<Reply>();
    Reply reply{.status = 403, .headers = {}, .body = script_.Text("no")};
    if (!script_.empty) reply.headers = {{"Retry-After", "5"}};
    return std::optional<Reply>(reply);
  }
  Status OnResponse(const Call& call, const ResponseHead& head, HeadEdit& edit) override {
    auto fail = script_.Enter(call, "on_response");
    Show(script_.seen, head);
    if (fail) return *fail;
    edit.Set("Server", "sluice");
    return Ok();
  }
  Result<std::unique_ptr<BodyTransform>> OpenBody(const Call& call, const ResponseHead& head) override {
    auto fail = script_.Enter(call, "body_open");
    Show(script_.seen, head);
    if (fail && head.status != 206) return *fail;  // 206: opens, so that the body's own errors can be seen
    if (head.status == 204) return std::unique_ptr<BodyTransform>();
    return std::unique_ptr<BodyTransform>(std::make_unique<FakeBody>(script_));
  }
  Result<std::unique_ptr<BodyTransform>> OpenBodyFor(const Call& call, const ResponseHead& head,
                                                     const BodyOrigin& origin) override {
    auto fail = script_.Enter(call, "body_open_for");
    Show(script_.seen, head);
    Show(script_.seen, origin.request == nullptr ? RequestHead{} : *origin.request);
    script_.seen << static_cast<unsigned>(origin.kind) << '|' << origin.url << '|' << origin.note << '|'
                 << origin.context << '\n';
    if (fail) return *fail;
    if (origin.references == nullptr) return std::unique_ptr<BodyTransform>();
    auto part = origin.references->Fetch({.url = "https://o.example/init", .kind = LinkKind::kInit, .length = 7});
    if (!part) return std::move(part).error();
    script_.seen << part->status << ' ' << part->url << ' ' << part->body << '\n';
    return std::unique_ptr<BodyTransform>(std::make_unique<FakeBody>(script_));
  }
  bool LengthPreserving() const noexcept override { return !script_.empty; }

 private:
  Script& script_;
};

}  // namespace sluice::sdk::abi_test
