// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Store over a plugin's C table.

#include <sluice/abi/store.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/store_values.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/store.hpp>

namespace sluice::sdk::detail {

class StoreFromTable final : public Store {
 public:
  StoreFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "store") {}

  StoreTraits Traits() const noexcept override {
    sluice_store_traits view{};
    view.struct_size = SizeOf<sluice_store_traits>();
    target_.Observed("traits", nullptr, [&] { table().traits(self(), &view); });
    return FromTraits(view);
  }
  Result<Account> GetAccount(const Call& call, const StoreUser& user) override {
    const auto who = User(user);
    OneFrame<Account> frame(true);
    return One("get_account", call, frame, [&](void* ctx, sluice_error* error) {
      return table().get_account(self(), &call.abi(), &who, {ctx, &PutOne<Account, sluice_account>}, error);
    });
  }
  Status Check(const Call& call, const StoreUser& user, Content content, std::span<const std::string_view> hashes,
               ItemSink& sink) override {
    const auto who = User(user);
    Array<sluice_str, 32> views;
    views.Fill(hashes, Str);
    ManyFrame<ItemSink> frame(sink);
    return target_.Invoke("check", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().check(self(), &call.abi(), &who, ToContent(content), views.data(), views.size(),
                           {ctx, &PutMany<ItemSink, Item, sluice_item>}, error);
    });
  }
  Result<Item> Add(const Call& call, const StoreUser& user, const StoreOrder& order) override {
    const auto who = User(user);
    const sluice_store_order view{.struct_size = SizeOf<sluice_store_order>(),
                                  .content = ToContent(order.content),
                                  .uri = Str(order.uri),
                                  .file = Bytes(order.file),
                                  .name = Str(order.name)};
    OneFrame<Item> frame(true);
    return One("add", call, frame, [&](void* ctx, sluice_error* error) {
      return table().add(self(), &call.abi(), &who, &view, {ctx, &PutOneOfMany<Item, sluice_item>}, error);
    });
  }
  Result<Item> Get(const Call& call, const StoreUser& user, std::string_view id) override {
    const auto who = User(user);
    OneFrame<Item> frame(true);
    return One("get", call, frame, [&](void* ctx, sluice_error* error) {
      return table().get(self(), &call.abi(), &who, Str(id), {ctx, &PutOneOfMany<Item, sluice_item>}, error);
    });
  }
  Result<std::uint64_t> List(const Call& call, const StoreUser& user, const StorePage& page, ItemSink& sink) override {
    const auto who = User(user);
    const sluice_store_page view{.struct_size = SizeOf<sluice_store_page>(),
                                 .content = ToContent(page.content),
                                 .offset = page.offset,
                                 .limit = page.limit};
    ManyFrame<ItemSink> frame(sink);
    std::uint64_t total = 0;
    Status status = target_.Invoke("list", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().list(self(), &call.abi(), &who, &view, {ctx, &PutMany<ItemSink, Item, sluice_item>}, &total,
                          error);
    });
    if (!status) return std::move(status).error();
    return total;
  }
  Status Remove(const Call& call, const StoreUser& user, std::string_view id) override {
    const auto who = User(user);
    Frame frame;
    return target_.Invoke("remove", &call.abi(), frame, [&](void*, sluice_error* error) {
      return table().remove(self(), &call.abi(), &who, Str(id), error);
    });
  }
  Result<Source> Link(const Call& call, const StoreUser& user, std::string_view id, std::string_view file) override {
    const auto who = User(user);
    OneFrame<Source> frame(true);
    return One("link", call, frame, [&](void* ctx, sluice_error* error) {
      return table().link(self(), &call.abi(), &who, Str(id), Str(file), {ctx, &PutOne<Source, sluice_source>}, error);
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
