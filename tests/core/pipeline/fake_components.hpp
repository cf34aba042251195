// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Components whose behaviour a test gives as functions, and instances of them without a plugin.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/pipeline/snapshot.hpp"
#include "core/plugin/instance.hpp"

namespace sluice::pipeline::testing {

struct FakeAuth final : sdk::AuthBackend {
  using Answer = sdk::Result<std::optional<sdk::Principal>>;
  std::function<Answer(const sdk::Call&, const sdk::Credentials&)> authenticate;
  std::function<sdk::Status(const sdk::Call&, sdk::RevocationSink&)> watch;  ///< Empty: the interface's default.

  Answer Authenticate(const sdk::Call& call, const sdk::Credentials& credentials) override {
    return authenticate(call, credentials);
  }
  sdk::AuthInterests Interests() const noexcept override { return {.revocations = static_cast<bool>(watch)}; }
  sdk::Status Watch(const sdk::Call& call, sdk::RevocationSink& out) override {
    return watch ? watch(call, out) : AuthBackend::Watch(call, out);
  }
};

struct FakeResolver final : sdk::Resolver {
  std::function<sdk::Result<sdk::Source>(const sdk::Call&, const sdk::RequestHead&)> resolve;
  std::function<sdk::Result<sdk::Source>(const sdk::Child&)> child;  ///< Empty: the interface's default.

  sdk::Result<sdk::Source> Resolve(const sdk::Call& call, const sdk::RequestHead& head) override {
    return resolve(call, head);
  }
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call& call, const sdk::RequestHead& head,
                                        const sdk::Child& of) override {
    return child ? child(of) : Resolver::ResolveChild(call, head, of);
  }
};

struct FakeMedia final : sdk::MediaBackend {
  std::function<sdk::Result<sdk::Source>(const sdk::Principal&, std::string_view)> resolve;
  std::function<sdk::Result<sdk::Source>(const sdk::Principal&, const sdk::Child&)> child;

  sdk::Status Browse(const sdk::Call&, const sdk::Principal&, std::string_view, sdk::MediaSink&) override {
    return sdk::Ok();
  }
  sdk::Result<sdk::Source> Resolve(const sdk::Call&, const sdk::Principal& who, std::string_view item,
                                   std::string_view) override {
    return resolve(who, item);
  }
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call&, const sdk::Principal& who, const sdk::Child& of) override {
    return child(who, of);
  }
  sdk::Status Report(const sdk::Call&, const sdk::Principal&, std::string_view, sdk::PlaybackEvent,
                     std::chrono::milliseconds) override {
    return sdk::Ok();
  }
};

struct FakeStore final : sdk::Store {
  std::function<sdk::Result<sdk::Item>(const sdk::StoreUser&, std::string_view)> add;
  std::function<sdk::Result<sdk::Source>(const sdk::StoreUser&, std::string_view, std::string_view)> link;

  sdk::Result<sdk::Account> GetAccount(const sdk::Call&, const sdk::StoreUser&) override { return sdk::Account{}; }
  sdk::Status Check(const sdk::Call&, const sdk::StoreUser&, sdk::Content, std::span<const std::string_view>,
                    sdk::ItemSink&) override {
    return sdk::Ok();
  }
  sdk::Result<sdk::Item> Add(const sdk::Call&, const sdk::StoreUser& user, const sdk::StoreOrder& order) override {
    return add(user, order.uri);
  }
  sdk::Result<sdk::Item> Get(const sdk::Call&, const sdk::StoreUser&, std::string_view) override { return sdk::Item{}; }
  sdk::Result<std::uint64_t> List(const sdk::Call&, const sdk::StoreUser&, const sdk::StorePage&,
                                  sdk::ItemSink&) override {
    return std::uint64_t{0};
  }
  sdk::Status Remove(const sdk::Call&, const sdk::StoreUser&, std::string_view) override { return sdk::Ok(); }
  sdk::Result<sdk::Source> Link(const sdk::Call&, const sdk::StoreUser& user, std::string_view id,
                                std::string_view file) override {
    return link(user, id, file);
  }
};

struct FakeRewriter final : sdk::ManifestRewriter {
  std::function<bool(const sdk::ManifestProbe&)> accepts;
  std::function<sdk::Result<sdk::RewrittenManifest>(const sdk::Call&, const sdk::Manifest&, sdk::LinkMinter&)> rewrite;
  /// Empty: as the interface's default.
  std::function<sdk::Result<sdk::Destination>(const sdk::Call&, const sdk::Followed&)> follow;

  bool Accepts(const sdk::ManifestProbe& probe) const noexcept override { return accepts(probe); }
  sdk::Result<sdk::RewrittenManifest> Rewrite(const sdk::Call& call, const sdk::Manifest& manifest,
                                              sdk::LinkMinter& links) const override {
    return rewrite(call, manifest, links);
  }
  sdk::Result<sdk::Destination> Follow(const sdk::Call& call, const sdk::Followed& followed) const override {
    return follow ? follow(call, followed) : ManifestRewriter::Follow(call, followed);
  }
};

struct FakeEndpoint final : sdk::Endpoint {
  using Answer = sdk::Result<std::optional<sdk::Source>>;
  std::vector<sdk::Route> routes;
  /// Called with the index of the route, the head, the request body and the writer.
  std::function<Answer(const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view, sdk::ResponseWriter&)>
      handle;

  std::vector<sdk::Route> Routes() const override { return routes; }
  Answer Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head, std::span<const std::byte> body,
                sdk::ResponseWriter& response) override {
    return handle(call, route, head, {reinterpret_cast<const char*>(body.data()), body.size()}, response);
  }
};

/// Functions that are empty do what the interface's default does.
struct FakeFilter final : sdk::Filter {
  using Reply = sdk::Result<std::optional<sdk::Reply>>;
  using Transform = sdk::Result<std::unique_ptr<sdk::BodyTransform>>;
  std::function<Reply(const sdk::Call&, const sdk::RequestHead&, sdk::HeadEdit&)> on_request;
  std::function<sdk::Status(const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit&)> on_response;
  std::function<Transform(const sdk::Call&, const sdk::ResponseHead&)> open_body;
  std::function<Transform(const sdk::ResponseHead&, const sdk::BodyOrigin&)> open_body_for;
  bool length_preserving = false;

  Reply OnRequest(const sdk::Call& call, const sdk::RequestHead& head, sdk::HeadEdit& edit) override {
    return on_request ? on_request(call, head, edit) : Filter::OnRequest(call, head, edit);
  }
  sdk::Status OnResponse(const sdk::Call& call, const sdk::ResponseHead& head, sdk::HeadEdit& edit) override {
    return on_response ? on_response(call, head, edit) : Filter::OnResponse(call, head, edit);
  }
  Transform OpenBody(const sdk::Call& call, const sdk::ResponseHead& head) override {
    return open_body ? open_body(call, head) : Filter::OpenBody(call, head);
  }
  Transform OpenBodyFor(const sdk::Call& call, const sdk::ResponseHead& head, const sdk::BodyOrigin& origin) override {
    return open_body_for ? open_body_for(head, origin) : Filter::OpenBodyFor(call, head, origin);
  }
  bool LengthPreserving() const noexcept override { return length_preserving; }
};

InstancePtr MakeInstance(plugin::Interface component, std::string type, bool quarantined = false);

/// Interface is what core sees `fake` as: InstanceOf<sdk::Filter>(FakeFilter()).
template <typename Interface, typename Fake>
InstancePtr InstanceOf(Fake fake, std::string type = "fake") {
  std::unique_ptr<Interface> component = std::make_unique<Fake>(std::move(fake));
  return MakeInstance(std::move(component), std::move(type));
}

InstancePtr AuthBy(decltype(FakeAuth::authenticate) authenticate);
/// Lets everybody in, under the name that their credential says.
InstancePtr AuthByName();

InstancePtr ResolverBy(decltype(FakeResolver::resolve) resolve);
/// Resolves everything to `source`, links to themselves.
InstancePtr ResolverTo(sdk::Source source);

InstancePtr EndpointBy(std::vector<sdk::Route> routes, decltype(FakeEndpoint::handle) handle);

/// A filter that only changes bodies: replaces each octet by `copies` of it, minus 32 (lower-case letters become upper
/// case); says "." at the end when `ends`; fails at the first "!".
InstancePtr ShoutingFilter(int copies, bool ends, bool length_preserving);

}  // namespace sluice::pipeline::testing
