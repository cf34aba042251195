// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/store.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/follow.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

sdk::Error NotFound(std::string message) { return {.code = sdk::Errc::kNotFound, .message = std::move(message)}; }

/// `text` with each "{name}" replaced by what the path captured under that name.
std::string WithCaptures(std::string_view text, const Exchange& exchange) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) break;  // the configuration was checked: text is empty here
    const auto name = text.substr(1, close - 1);
    for (const auto& capture : exchange.captures) {
      if (capture.name == name) out += capture.value;
    }
    text.remove_prefix(close + 1);
  }
  return out;
}

const sdk::Principal& WhoAsks(const Exchange& exchange) {
  static const sdk::Principal kNobody;
  return exchange.principal ? *exchange.principal : kNobody;
}

sdk::Result<sdk::Source> ByMedia(sdk::MediaBackend& backend, const config::ResolveStep& step, const sdk::Call& call,
                                 const Exchange& exchange) {
  return backend.Resolve(call, WhoAsks(exchange), WithCaptures(step.item, exchange), {});
}

sdk::Result<sdk::Source> ByResolver(sdk::Resolver& resolver, const sdk::Call& call, const Exchange& exchange) {
  Exchange::HeadView view;
  exchange.FillHead(view, exchange.viewer.path());
  return resolver.Resolve(call, view.head);
}

/// The key that the principal was granted for stores of this type; empty when there is none.
std::string_view GrantedKey(const Exchange& exchange, std::string_view store_type) {
  if (!exchange.principal) return {};
  for (const auto& grant : exchange.principal->grants) {
    if (grant.store == store_type) return grant.key;
  }
  return {};
}

/// 40 hex digits or 32 base32 characters (BEP 9). Anything else could add parameters of the viewer's to the magnet.
bool IsInfoHash(std::string_view text) {
  const auto all = [&](auto&& is_digit) { return std::all_of(text.begin(), text.end(), is_digit); };
  if (text.size() == 40) {
    return all([](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  }
  return text.size() == 32 &&
         all([](char c) { return (c >= '2' && c <= '7') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

sdk::Result<sdk::Source> ByStore(sdk::Store& store, std::string_view type, const config::ResolveStep& step,
                                 const sdk::Call& call, const Exchange& exchange) {
  const auto hash = WithCaptures(step.item, exchange);
  if (!IsInfoHash(hash)) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "item: want an info hash, 40 hex digits"};
  }
  const auto file = step.file.empty() ? std::string("0") : WithCaptures(step.file, exchange);
  std::uint32_t index = 0;
  const auto* const end = file.data() + file.size();
  if (const auto parsed = std::from_chars(file.data(), end, index); parsed.ec != std::errc() || parsed.ptr != end) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "file: want a number, counted from 0"};
  }
  const sdk::StoreUser user{.token = GrantedKey(exchange, type), .client_ip = call.client_ip()};
  const auto magnet = "magnet:?xt=urn:btih:" + hash;
  const auto item = store.Add(call, user, {.uri = magnet});
  if (!item) return item.error();
  if (item->state != sdk::ItemState::kCached && item->state != sdk::ItemState::kReady) {
    return NotFound("the store does not hold this item yet");
  }
  const auto found = std::find_if(item->files.begin(), item->files.end(),
                                  [&](const sdk::File& candidate) { return candidate.index == index; });
  if (found == item->files.end()) return NotFound("the item has no such file");
  return store.Link(call, user, item->id, found->id);
}

}  // namespace

sdk::Result<sdk::Source> ResolveChild(const Step* step, const Exchange& exchange, const sdk::Call& call,
                                      const sdk::Child& child) {
  if (step != nullptr) {
    const auto& component = *step->components.front();
    if (auto* const resolver = component.As<sdk::Resolver>()) {
      Exchange::HeadView view;
      exchange.FillHead(view, exchange.viewer.path());
      return resolver->ResolveChild(call, view.head, child);
    }
    if (auto* const media = component.As<sdk::MediaBackend>()) {
      return media->ResolveChild(call, WhoAsks(exchange), child);
    }
  }
  // A store or an endpoint knows nothing of what its files' manifests lead to.
  return sdk::Source{.url = std::string(child.url), .context = std::string(child.context)};
}

sdk::Result<Flow> Resolve(const Step& step, Exchange& exchange) {
  const auto begin = std::chrono::steady_clock::now();
  const CallContext context(exchange.viewer, begin + step.config.deadline);
  const auto& component = *step.components.front();
  if (exchange.link) {
    if (auto followed = FollowQuery(context.call(), exchange, exchange.link->url); !followed) {
      return std::move(followed).error();
    }
  }
  auto source = [&]() -> sdk::Result<sdk::Source> {
    if (const auto& link = exchange.link) {
      return ResolveChild(&step, exchange, context.call(),
                          {.url = link->url, .context = link->context, .kind = link->kind});
    }
    if (auto* const resolver = component.As<sdk::Resolver>()) return ByResolver(*resolver, context.call(), exchange);
    if (auto* const media = component.As<sdk::MediaBackend>()) {
      return ByMedia(*media, step.config.resolve, context.call(), exchange);
    }
    return ByStore(*component.As<sdk::Store>(), component.type(), step.config.resolve, context.call(), exchange);
  }();
  exchange.timings.resolve =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  if (!source) return std::move(source).error();
  exchange.source = std::move(*source);
  exchange.resolver = component.As<sdk::Resolver>();
  exchange.resolve_step = &step;
  if (!exchange.link) {
    if (auto followed = FollowQuery(context.call(), exchange, exchange.source->url); !followed) {
      return std::move(followed).error();
    }
  }
  return Flow::kContinue;
}

}  // namespace sluice::pipeline
