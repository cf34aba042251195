// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Resolver over a plugin's C table.

#include <sluice/abi/resolver.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/resolver.hpp>

namespace sluice::sdk::detail {

class ResolverFromTable final : public Resolver {
 public:
  ResolverFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "resolver") {}

  Result<Source> Resolve(const Call& call, const RequestHead& head) override {
    const RequestHeadView request(head);
    OneFrame<Source> frame(true);
    return InvokeOne<Source>(target_, "resolve", call, frame, [&](void* ctx, sluice_error* error) {
      return table().resolve(target_.self(), &call.abi(), request.get(), {ctx, &PutOne<Source, sluice_source>}, error);
    });
  }
  Result<Source> ResolveChild(const Call& call, const RequestHead& head, const Child& child) override {
    if (table().resolve_child == nullptr) return Resolver::ResolveChild(call, head, child);
    const RequestHeadView request(head);
    const auto link = ToChild(child);
    OneFrame<Source> frame(true);
    return InvokeOne<Source>(target_, "resolve_child", call, frame, [&](void* ctx, sluice_error* error) {
      return table().resolve_child(target_.self(), &call.abi(), request.get(), &link,
                                   {ctx, &PutOne<Source, sluice_source>}, error);
    });
  }

 private:
  const sluice_resolver_table& table() const noexcept { return target_.table<sluice_resolver_table>(); }

  Target target_;
};

}  // namespace sluice::sdk::detail
