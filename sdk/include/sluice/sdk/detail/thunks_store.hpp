// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Store as a C table.

#include <sluice/abi/store.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/store_values.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/store.hpp>

namespace sluice::sdk::detail {

class ItemSinkClient final : public ItemSink {
 public:
  explicit ItemSinkClient(sluice_item_sink sink) : sink_(sink) {}
  bool Put(const Item& item) override {
    files_.Fill(item.files, [](const File& file) {
      return sluice_file{.index = file.index,
                         .reserved = 0,
                         .id = Str(file.id),
                         .path = Str(file.path),
                         .size_bytes = file.size_bytes,
                         .video_hash = Str(file.video_hash)};
    });
    const sluice_item view{.struct_size = SizeOf<sluice_item>(),
                           .state = static_cast<sluice_item_state>(item.state),
                           .id = Str(item.id),
                           .hash = Str(item.hash),
                           .name = Str(item.name),
                           .size_bytes = item.size_bytes,
                           .files = files_.data(),
                           .file_count = files_.size(),
                           .content = ToContent(item.content),
                           .is_private = item.is_private ? 1U : 0U,
                           .added_at = ToSeconds(item.added_at)};
    return sink_.put(sink_.ctx, &view) == 0;
  }

 private:
  sluice_item_sink sink_;
  Array<sluice_file, 16> files_;
};

template <>
struct Kind<Store> {
  static constexpr const char* id = SLUICE_STORE_KIND;

  static StoreUser User(const sluice_store_user& user) noexcept {
    return {.token = View(user.token), .client_ip = View(user.client_ip)};
  }
  static Status PutItem(Result<Item> item, sluice_item_sink out) {
    if (!item) return std::move(item).error();
    ItemSinkClient(out).Put(*item);
    return Ok();
  }

  static void Traits(void* self, sluice_store_traits* out) noexcept { ToTraits(Self<Store>(self).Traits(), *out); }
  static sluice_status GetAccount(void* self, const sluice_call* call, const sluice_store_user* user,
                                  sluice_account_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      auto account = Self<Store>(self).GetAccount(Call(*call), User(*user));
      if (!account) return std::move(account).error();
      const sluice_account view{.struct_size = SizeOf<sluice_account>(),
                                .plan = static_cast<sluice_plan>(account->plan),
                                .id = Str(account->id),
                                .expires_at = ToSeconds(account->expires_at),
                                .email = Str(account->email)};
      out.put(out.ctx, &view);
      return Ok();
    });
  }
  static sluice_status Check(void* self, const sluice_call* call, const sluice_store_user* user, sluice_content content,
                             const sluice_str* hashes, size_t hash_count, sluice_item_sink out,
                             sluice_error* error) noexcept {
    return Barrier(error, [&] {
      Array<std::string_view, 32> views;
      views.Fill(Elements(hashes, hash_count), [](sluice_str hash) { return View(hash); });
      ItemSinkClient sink(out);
      return Self<Store>(self).Check(Call(*call), User(*user), FromContent(content), views.span(), sink);
    });
  }
  static sluice_status Add(void* self, const sluice_call* call, const sluice_store_user* user,
                           const sluice_store_order* view, sluice_item_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      const StoreOrder order{.content = FromContent(view->content),
                             .uri = View(view->uri),
                             .file = View(view->file),
                             .name = View(view->name)};
      return PutItem(Self<Store>(self).Add(Call(*call), User(*user), order), out);
    });
  }
  static sluice_status Get(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str item,
                           sluice_item_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] { return PutItem(Self<Store>(self).Get(Call(*call), User(*user), View(item)), out); });
  }
  static sluice_status List(void* self, const sluice_call* call, const sluice_store_user* user,
                            const sluice_store_page* view, sluice_item_sink out, uint64_t* total,
                            sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      const StorePage page{.content = FromContent(view->content), .offset = view->offset, .limit = view->limit};
      ItemSinkClient sink(out);
      auto listed = Self<Store>(self).List(Call(*call), User(*user), page, sink);
      if (!listed) return std::move(listed).error();
      *total = *listed;
      return Ok();
    });
  }
  static sluice_status Remove(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str item,
                              sluice_error* error) noexcept {
    return Barrier(error, [&] { return Self<Store>(self).Remove(Call(*call), User(*user), View(item)); });
  }
  static sluice_status Link(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str item,
                            sluice_str file, sluice_source_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&]() -> Status {
      auto source = Self<Store>(self).Link(Call(*call), User(*user), View(item), View(file));
      if (!source) return std::move(source).error();
      PutSource(*source, out);
      return Ok();
    });
  }

  static constexpr sluice_store_table kTable{.struct_size = SizeOf<sluice_store_table>(),
                                             .reserved = 0,
                                             .traits = &Traits,
                                             .get_account = &GetAccount,
                                             .check = &Check,
                                             .add = &Add,
                                             .get = &Get,
                                             .list = &List,
                                             .remove = &Remove,
                                             .link = &Link};
};

}  // namespace sluice::sdk::detail
