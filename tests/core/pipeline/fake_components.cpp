// SPDX-License-Identifier: MIT
#include "tests/core/pipeline/fake_components.hpp"

namespace sluice::pipeline::testing {
namespace {

struct Shout final : sdk::BodyTransform {
  Shout(int copies, bool with_end) : per_octet(copies), ends(with_end) {}
  sdk::Status Write(std::span<const std::byte> chunk, sdk::ByteSink& next) override {
    std::string out;
    for (const auto octet : chunk) {
      const char c = static_cast<char>(octet);
      if (c == '!') return sdk::Error{.code = sdk::Errc::kInternal, .message = "transform: will not shout"};
      out.append(static_cast<std::size_t>(per_octet), c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    }
    return next.Write(sdk::AsBytes(out));
  }
  sdk::Status Finish(sdk::ByteSink& next) override { return ends ? next.Write(sdk::AsBytes(".")) : sdk::Ok(); }
  int per_octet;
  bool ends;
};

class FakeInstance final : public plugin::Instance {
 public:
  FakeInstance(std::string kind, std::string type, plugin::Interface component, bool quarantined)
      : kind_(std::move(kind)), type_(std::move(type)), interface_(std::move(component)), quarantined_(quarantined) {}
  const std::string& name() const override { return name_; }
  const std::string& kind() const override { return kind_; }
  const std::string& type() const override { return type_; }
  const std::string& plugin() const override { return plugin_; }
  bool quarantined() const override { return quarantined_; }
  const plugin::Interface& interface() const override { return interface_; }

 private:
  const std::string name_ = "component";
  const std::string plugin_ = "org.example.fake";
  const std::string kind_;
  const std::string type_;
  const plugin::Interface interface_;
  const bool quarantined_;
};

}  // namespace

InstancePtr MakeInstance(plugin::Interface component, std::string type, bool quarantined) {
  return std::make_shared<FakeInstance>("fake", std::move(type), std::move(component), quarantined);
}

InstancePtr AuthBy(decltype(FakeAuth::authenticate) authenticate) {
  FakeAuth fake;
  fake.authenticate = std::move(authenticate);
  return InstanceOf<sdk::AuthBackend>(std::move(fake));
}

InstancePtr AuthByName() {
  return AuthBy([](const sdk::Call&, const sdk::Credentials& given) -> FakeAuth::Answer {
    return std::optional(sdk::Principal{.subject = std::string(given.secret)});
  });
}

InstancePtr ResolverBy(decltype(FakeResolver::resolve) resolve) {
  FakeResolver fake;
  fake.resolve = std::move(resolve);
  return InstanceOf<sdk::Resolver>(std::move(fake));
}

InstancePtr ResolverTo(sdk::Source source) {
  return ResolverBy([source = std::move(source)](const sdk::Call&, const sdk::RequestHead&) { return source; });
}

InstancePtr EndpointBy(std::vector<sdk::Route> routes, decltype(FakeEndpoint::handle) handle) {
  FakeEndpoint fake;
  fake.routes = std::move(routes);
  fake.handle = std::move(handle);
  return InstanceOf<sdk::Endpoint>(std::move(fake));
}

InstancePtr ShoutingFilter(int copies, bool ends, bool length_preserving) {
  FakeFilter fake;
  fake.open_body = [=](const sdk::Call&, const sdk::ResponseHead&) -> FakeFilter::Transform {
    return std::unique_ptr<sdk::BodyTransform>(new Shout(copies, ends));
  };
  fake.length_preserving = length_preserving;
  return InstanceOf<sdk::Filter>(std::move(fake));
}

}  // namespace sluice::pipeline::testing
