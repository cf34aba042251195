// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Resolver as a C table.

#include <sluice/abi/resolver.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/resolver.hpp>

namespace sluice::sdk::detail {

template <>
struct Kind<Resolver> {
  static constexpr const char* id = SLUICE_RESOLVER_KIND;

  static Status Put(Result<Source> source, sluice_source_sink out) {
    if (!source) return std::move(source).error();
    PutSource(*source, out);
    return Ok();
  }

  static sluice_status Resolve(void* self, const sluice_call* call, const sluice_request_head* head,
                               sluice_source_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      const RequestHeadOf request(*head);
      return Put(Self<Resolver>(self).Resolve(Call(*call), request.get()), out);
    });
  }
  static sluice_status ResolveChild(void* self, const sluice_call* call, const sluice_request_head* head,
                                    const sluice_child* child, sluice_source_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      const RequestHeadOf request(*head);
      return Put(Self<Resolver>(self).ResolveChild(Call(*call), request.get(), FromChild(*child)), out);
    });
  }

  static constexpr sluice_resolver_table kTable{.struct_size = SizeOf<sluice_resolver_table>(),
                                                .reserved = 0,
                                                .resolve = &Resolve,
                                                .resolve_child = &ResolveChild};
};

}  // namespace sluice::sdk::detail
