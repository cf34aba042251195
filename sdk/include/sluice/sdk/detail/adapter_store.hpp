// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Store over a plugin's C table.

#include <sluice/abi/store.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/store.hpp>

namespace sluice::sdk::detail {

class StoreFromTable final : public Store {
 public:
  StoreFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "store") {}

  Result<Account> GetAccount(const Call& call, const StoreUser& user) override {
    const auto who = User(user);
    OneFrame<Account> frame(true);
    return One("get_account", call, frame, [&](void* ctx, sluice_error* error) {
      return table().get_account(self(), &call.abi(), &who, {ctx, &PutOne<Account, sluice_account>}, error);
    });
  }
  Status Check(const Call& call, const StoreUser& user, std::span<const std::string_view> hashes,
               ItemSink& sink) override {
    const auto who = User(user);
    Array<sluice_str, 32> views;
    views.Fill(hashes, Str);
    ManyFrame<ItemSink> frame(sink);
    return target_.Invoke("check", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().check(self(), &call.abi(), &who, views.data(), views.size(),
                           {ctx, &PutMany<ItemSink, Item, sluice_item>}, error);
    });
  }
  Result<Item> Add(const Call& call, const StoreUser& user, std::string_view magnet) override {
    const auto who = User(user);
    OneFrame<Item> frame(true);
    return One("add", call, frame, [&](void* ctx, sluice_error* error) {
      return table().add(self(), &call.abi(), &who, Str(magnet), {ctx, &PutOneOfMany<Item, sluice_item>}, error);
    });
  }
  Result<Item> Get(const Call& call, const StoreUser& user, std::string_view id) override {
    const auto who = User(user);
    OneFrame<Item> frame(true);
    return One("get", call, frame, [&](void* ctx, sluice_error* error) {
      return table().get(self(), &call.abi(), &who, Str(id), {ctx, &PutOneOfMany<Item, sluice_item>}, error);
    });
  }
  Status List(const Call& call, const StoreUser& user, std::uint32_t offset, std::uint32_t limit,
              ItemSink& sink) override {
    const auto who = User(user);
    ManyFrame<ItemSink> frame(sink);
    return target_.Invoke("list", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().list(self(), &call.abi(), &who, offset, limit, {ctx, &PutMany<ItemSink, Item, sluice_item>},
                          error);
    });
  }
  Status Remove(const Call& call, const StoreUser& user, std::string_view id) override {
    const auto who = User(user);
    Frame frame;
    return target_.Invoke("remove", &call.abi(), frame, [&](void*, sluice_error* error) {
      return table().remove(self(), &call.abi(), &who, Str(id), error);
    });
  }
  Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::uint32_t file) override {
    const auto who = User(user);
    OneFrame<Source> frame(true);
    return One("link", call, frame, [&](void* ctx, sluice_error* error) {
      return table().link(self(), &call.abi(), &who, Str(id), file, {ctx, &PutOne<Source, sluice_source>}, error);
    });
  }

 private:
  static sluice_store_user User(const StoreUser& user) noexcept {
    return {.struct_size = SizeOf<sluice_store_user>(),
            .reserved = 0,
            .token = Str(user.token),
            .client_ip = Str(user.client_ip)};
  }
  const sluice_store_table& table() const noexcept { return target_.table<sluice_store_table>(); }
  void* self() const noexcept { return target_.self(); }
  template <typename T, typename F>
  Result<T> One(const Function& method, const Call& call, OneFrame<T>& frame, F&& function) const {
    return InvokeOne<T>(target_, method, call, frame, std::forward<F>(function));
  }

  Target target_;
};

}  // namespace sluice::sdk::detail
