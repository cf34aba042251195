// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reader: takes values out of a plugin's structs without trusting them.

#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/indexer.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/store.h>
#include <sluice/abi/values.h>
#include <sluice/sdk/detail/first_release.hpp>
#include <sluice/sdk/detail/store_values.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/store.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sdk::detail {

/// Longer texts and lists are taken for garbage: no honest answer of one call comes near.
inline constexpr std::size_t kMaxTextBytes = 64U * 1024U * 1024U;
inline constexpr std::size_t kMaxElements = 100'000;
inline constexpr std::size_t kMaxContextBytes = 256;
inline constexpr std::size_t kMaxUsageTextBytes = 256;
inline constexpr std::size_t kMaxTemplateVariants = 1024;

/// Remembers the first fault; afterwards it reads nothing more.
class Reader {
 public:
  bool ok() const noexcept { return fault_.empty(); }
  const std::string& fault() const noexcept { return fault_; }
  void Fault(std::string_view field, std::string_view what) {
    if (!ok()) return;
    fault_ = field;
    fault_ += ": ";
    fault_ += what;
  }

  std::string_view Text(sluice_str text, std::string_view field) {
    if (text.size == 0 || !ok()) return {};
    if (text.data == nullptr) {
      Fault(field, std::to_string(text.size) + " bytes at a null pointer");
    } else if (text.size > kMaxTextBytes) {
      Fault(field, std::to_string(text.size) + " bytes (want at most 67108864)");
    }
    return ok() ? std::string_view(text.data, text.size) : std::string_view();
  }
  std::string String(sluice_str text, std::string_view field) { return std::string(Text(text, field)); }
  std::span<const std::byte> Octets(sluice_bytes bytes, std::string_view field) {
    const auto text = Text({reinterpret_cast<const char*>(bytes.data), bytes.size}, field);
    return AsBytes(text);
  }
  template <typename T>
  std::span<const T> List(const T* data, std::size_t size, std::string_view field) {
    if (size == 0 || !ok()) return {};
    if (data == nullptr) {
      Fault(field, std::to_string(size) + " elements at a null pointer");
    } else if (size > kMaxElements) {
      Fault(field, std::to_string(size) + " elements (want at most 100000)");
    }
    return ok() ? std::span<const T>(data, size) : std::span<const T>();
  }
  /// Whether `value` has at least the fields of its first release.
  template <typename T>
  bool Whole(const T& value, std::string_view what) {
    constexpr auto kWant = kFirstReleaseBytes<T>;
    static_assert(kWant > 0, "name the struct in first_release.hpp");
    if (value.struct_size < kWant)
      Fault(what,
            "struct_size " + std::to_string(value.struct_size) + " (want at least " + std::to_string(kWant) + ")");
    return ok();
  }
  std::string Url(sluice_str text, std::string_view field) {
    auto url = String(text, field);
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (url.empty()) Fault(field, "empty");
    if (std::any_of(url.begin(), url.end(), control)) Fault(field, "a control character");
    return url;
  }
  /// Header fields. A line break would smuggle a second field, so it is refused here, before anybody can forward it.
  std::vector<Header> Headers(const sluice_field* fields, std::size_t count, std::string_view field) {
    std::vector<Header> headers;
    for (const auto& view : List(fields, count, field)) {
      Header header{.name = String(view.name, field), .value = String(view.value, field)};
      CheckHeader(header.name, header.value, field);
      if (!ok()) return {};
      headers.push_back(std::move(header));
    }
    return headers;
  }
  void CheckHeader(std::string_view name, std::string_view value, std::string_view field) {
    // RFC 9110 §5.1 (token) and §5.5.
    const auto is_token = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token)) Fault(field, "a name that is no token");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
      Fault(field, "a value with a line break or NUL");
  }

 private:
  std::string fault_;
};

inline void Read(Reader& reader, const sluice_usage& view, Usage& out) {
  if (!reader.Whole(view, "usage")) return;
  out.backend = reader.String(view.backend, "usage.backend");
  out.subject = reader.String(view.subject, "usage.subject");
  out.key_id = reader.String(view.key_id, "usage.key_id");
  out.action = reader.String(view.action, "usage.action");
  out.hash = reader.String(view.hash, "usage.hash");
  out.cached = view.cached != 0;
  out.bytes = view.bytes;
  for (const auto* const text : {&out.backend, &out.subject, &out.key_id, &out.action, &out.hash}) {
    if (text->size() > kMaxUsageTextBytes)
      reader.Fault("usage", "a text of " + std::to_string(text->size()) + " bytes (want at most 256)");
  }
}

inline void Read(Reader& reader, const sluice_source& view, Source& out) {
  if (!reader.Whole(view, "source")) return;
  out.url = reader.Url(view.url, "source.url");
  out.headers = reader.Headers(view.headers, view.header_count, "source.headers");
  out.expires_at = FromSeconds(view.expires_at);
  out.ranges = view.ranges != 0;
  out.resumable = view.resumable != 0;
  out.context = reader.String(view.context, "source.context");
  if (out.context.size() > kMaxContextBytes)
    reader.Fault("source.context", std::to_string(out.context.size()) + " bytes (want at most 256)");
  if (SLUICE_HAS(&view, usage) && view.usage != nullptr) Read(reader, *view.usage, out.usage.emplace());
}

inline void Read(Reader& reader, const sluice_principal& view, Principal& out) {
  if (!reader.Whole(view, "principal")) return;
  out.subject = reader.String(view.subject, "principal.subject");
  for (const auto& scope : reader.List(view.scopes, view.scope_count, "principal.scopes"))
    out.scopes.push_back(reader.String(scope, "principal.scopes"));
  out.expires_at = FromSeconds(view.expires_at);
  for (const auto& grant : reader.List(view.grants, view.grant_count, "principal.grants"))
    out.grants.push_back({.store = reader.String(grant.store, "principal.grants"),
                          .key = reader.String(grant.key, "principal.grants"),
                          .key_id = reader.String(grant.key_id, "principal.grants"),
                          .expires_at = FromSeconds(grant.expires_at)});
  out.session = reader.String(view.session, "principal.session");
}

inline void Read(Reader& reader, const sluice_account& view, Account& out) {
  if (!reader.Whole(view, "account")) return;
  out.id = reader.String(view.id, "account.id");
  out.plan = view.plan > SLUICE_PLAN_PREMIUM ? Plan::kExpired : static_cast<Plan>(view.plan);
  out.email = reader.String(view.email, "account.email");
  out.expires_at = FromSeconds(view.expires_at);
}

inline void Read(Reader& reader, const sluice_item& view, Item& out) {
  if (!reader.Whole(view, "item")) return;
  out.id = reader.String(view.id, "item.id");
  out.hash = reader.String(view.hash, "item.hash");
  out.name = reader.String(view.name, "item.name");
  out.state = view.state > SLUICE_ITEM_INVALID ? ItemState::kUnknown : static_cast<ItemState>(view.state);
  out.size_bytes = view.size_bytes;
  for (const auto& file : reader.List(view.files, view.file_count, "item.files"))
    out.files.push_back({.index = file.index,
                         .path = reader.String(file.path, "item.files"),
                         .size_bytes = file.size_bytes,
                         .id = reader.String(file.id, "item.files"),
                         .video_hash = reader.String(file.video_hash, "item.files")});
  out.content = FromContent(view.content);
  out.is_private = view.is_private != 0;
  out.added_at = FromSeconds(view.added_at);
}

inline void Read(Reader& reader, const sluice_release& view, Release& out) {
  if (!reader.Whole(view, "release")) return;
  out.title = reader.String(view.title, "release.title");
  out.info_hash = reader.String(view.info_hash, "release.info_hash");
  out.magnet = reader.String(view.magnet, "release.magnet");
  out.size_bytes = view.size_bytes;
  out.seeders = view.seeders;
  out.torrent_url = reader.String(view.torrent_url, "release.torrent_url");
  out.indexer = reader.String(view.indexer, "release.indexer");
  out.published_at = FromSeconds(view.published_at);
  out.is_private = view.is_private != 0;
  out.exact = view.exact != 0;
}

inline void Read(Reader& reader, const sluice_rewritten_manifest& view, RewrittenManifest& out) {
  if (!reader.Whole(view, "manifest")) return;
  out.text = reader.String(view.text, "manifest.text");
  out.stable = view.stable != 0;
  out.content_type = reader.String(view.content_type, "manifest.content_type");
  reader.CheckHeader("Content-Type", out.content_type, "manifest.content_type");
}

/// \param variants  what `out.variants` is to look into.
inline void Read(Reader& reader, const sluice_link_order& view, LinkOrder& out,
                 std::vector<TemplateVariant>& variants) {
  if (!reader.Whole(view, "link")) return;
  out.url = reader.Text(view.url, "link.url");
  out.kind = FromLinkKind(view.kind);
  out.note = reader.Text(view.note, "link.note");
  out.extension = reader.Text(view.extension, "link.extension");
  out.is_template = view.is_template != 0;
  for (const auto& variant : reader.List(view.variants, view.variant_count, "link.variants"))
    variants.push_back({reader.Text(variant.representation_id, "link.variants"), variant.bandwidth});
  if (out.note.size() > kMaxNoteBytes)
    reader.Fault("link.note", std::to_string(out.note.size()) + " bytes (want at most 2048)");
  if (variants.size() > kMaxTemplateVariants)
    reader.Fault("link.variants", std::to_string(variants.size()) + " elements (want at most 1024)");
}

inline void Read(Reader& reader, const sluice_reference& view, Reference& out) {
  if (!reader.Whole(view, "reference")) return;
  out.url = reader.Text(view.url, "reference.url");
  out.kind = FromLinkKind(view.kind);
  out.offset = view.offset;
  out.length = view.length;
  constexpr std::uint64_t kMost = std::numeric_limits<std::size_t>::max();
  out.max_bytes = static_cast<std::size_t>(std::min<std::uint64_t>(view.max_bytes, kMost));
}

inline void Read(Reader& reader, const sluice_destination& view, Destination& out) {
  if (!reader.Whole(view, "destination")) return;
  out.url = reader.Url(view.url, "destination.url");
  out.wait = std::chrono::milliseconds(view.wait_ms);
}

inline void Read(Reader& reader, const sluice_manifest_finding& view, ManifestFinding& out) {
  if (!reader.Whole(view, "finding")) return;
  out.line = view.line;
  out.rule = reader.String(view.rule, "finding.rule");
  out.text = reader.String(view.text, "finding.text");
  if (out.text.empty()) reader.Fault("finding.text", "empty");
}

inline void Read(Reader& reader, const sluice_media_item& view, MediaItem& out) {
  if (!reader.Whole(view, "item")) return;
  out.id = reader.String(view.id, "item.id");
  out.title = reader.String(view.title, "item.title");
  out.kind = reader.String(view.kind, "item.kind");
  out.duration = std::chrono::milliseconds(view.duration_ms);
}

inline void Read(Reader& reader, const sluice_route& view, Route& out) {
  if (!reader.Whole(view, "route")) return;
  out.method = reader.String(view.method, "route.method");
  out.path_template = reader.String(view.path_template, "route.path_template");
  out.scope = reader.String(view.scope, "route.scope");
}

inline void Read(Reader& reader, const sluice_reply& view, Reply& out) {
  if (!reader.Whole(view, "reply")) return;
  if (view.status < 200 || view.status > 599)
    reader.Fault("reply.status", std::to_string(view.status) + " (want 200 to 599)");
  out.status = static_cast<int>(view.status);
  out.headers = reader.Headers(view.headers, view.header_count, "reply.headers");
  const auto body = reader.Octets(view.body, "reply.body");
  out.body.assign(reinterpret_cast<const char*>(body.data()), body.size());
}

}  // namespace sluice::sdk::detail
