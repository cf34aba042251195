// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Puts a fake behind its C table, and sinks that write down what they were given.

#include <sluice/sdk/detail/adapters.hpp>
#include <sluice/sdk/detail/component.hpp>

#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sdk/abi/fakes.hpp"

namespace sluice::sdk::abi_test {

struct RecordingObserver final : detail::CallObserver {
  Status Before(std::string_view method) noexcept override {
    if (refusal) return *refusal;
    let_through.emplace_back(method);
    return Ok();
  }
  void After(const detail::CallOutcome& outcome) noexcept override { outcomes.push_back(outcome); }

  const detail::CallOutcome& last() const { return outcomes.back(); }

  std::optional<Error> refusal;
  std::vector<std::string> let_through;
  std::vector<detail::CallOutcome> outcomes;
};

template <typename Interface>
const sluice_component& ComponentOf() {
  static const sluice_component component{.struct_size = sizeof(sluice_component),
                                          .reserved = 0,
                                          .kind = detail::Kind<Interface>::id,
                                          .type = "fake",
                                          .summary = "",
                                          .config_schema = "{}",
                                          .table = &detail::Kind<Interface>::kTable,
                                          .create = nullptr,
                                          .destroy = &detail::DestroyInstance<Interface>,
                                          .migrations = nullptr,
                                          .migration_count = 0,
                                          .sealed_columns = nullptr,
                                          .sealed_column_count = 0};
  return component;
}

/// The interface over the C table over `fake`.
template <typename Interface>
std::unique_ptr<Interface> ThroughTable(std::unique_ptr<Interface> fake, detail::CallObserver& observer) {
  auto adapted = detail::Adapt<Interface>(ComponentOf<Interface>(), fake.release(), observer);
  return adapted ? std::move(*adapted) : nullptr;
}

/// A call of a request, with every field set.
inline const sluice_call& RequestCall() {
  static const sluice_call call{.struct_size = sizeof(sluice_call),
                                .reserved = 0,
                                .deadline_ns = std::numeric_limits<std::int64_t>::max() - 1,
                                .ctx = nullptr,
                                .cancelled = [](const sluice_call*) -> uint32_t { return 1; },
                                .request_id = detail::Str("r-1"),
                                .client_ip = detail::Str("192.0.2.1"),
                                .traceparent = detail::Str("00-1-1-00")};
  return call;
}
/// A call outside of a request.
inline const sluice_call& BareCall() {
  static const sluice_call call{.struct_size = sizeof(sluice_call),
                                .reserved = 0,
                                .deadline_ns = std::numeric_limits<std::int64_t>::max(),
                                .ctx = nullptr,
                                .cancelled = nullptr,
                                .request_id = {},
                                .client_ip = {},
                                .traceparent = {}};
  return call;
}

/// Writes what it takes; takes at most `limit` values.
struct Taker : ItemSink,
               ReleaseSink,
               MediaSink,
               ResponseWriter,
               HeadEdit,
               LinkMinter,
               ReferenceFetcher,
               RevocationSink,
               FindingSink {
  explicit Taker(std::ostream& transcript) : out(transcript) {}
  virtual ~Taker() = default;

  bool Put(const Item& item) override {
    Show(out, item);
    return ++taken < limit;
  }
  bool Put(const Release& r) override {
    out << r.title << ' ' << r.info_hash << ' ' << r.magnet << ' ' << r.size_bytes << ' ' << r.seeders << ' '
        << r.torrent_url << ' ' << r.indexer << ' ' << r.published_at.time_since_epoch().count() << ' ' << r.is_private
        << r.exact << '\n';
    return ++taken < limit;
  }
  bool Put(const MediaItem& item) override {
    out << item.id << ' ' << item.title << ' ' << item.kind << ' ' << item.duration.count() << '\n';
    return ++taken < limit;
  }
  bool Put(const ManifestFinding& finding) override {
    out << finding.line << ' ' << finding.rule << ' ' << finding.text << '\n';
    return ++taken < limit;
  }
  bool Put(std::string_view subject, bool is_revoked) override {
    out << "revoked " << subject << ' ' << is_revoked << '\n';
    return ++taken < limit;
  }
  Status Start(int status, std::span<const Header> headers) override {
    out << "start " << status;
    ShowFields(out, headers);
    if (start_error) return *start_error;
    return Ok();
  }
  Status Write(std::span<const std::byte> chunk) override {
    out << "write " << std::string_view(reinterpret_cast<const char*>(chunk.data()), chunk.size()) << '\n';
    if (++taken < limit) return Ok();
    return Error{.code = Errc::kCancelled, .message = "the receiver wants no more"};
  }
  void Set(std::string_view name, std::string_view value) override { out << "set " << name << '=' << value << '\n'; }
  void Remove(std::string_view name) override { out << "remove " << name << '\n'; }
  std::string Proxied(std::string_view url, LinkKind kind) override {
    return "/link/" + std::to_string(static_cast<unsigned>(kind)) + "/" + std::string(url);
  }
  Result<std::string> Link(const LinkOrder& order) override {
    if (order.url == "refuse") return Error{.code = Errc::kInvalidArgument, .message = "no link"};
    auto link = Proxied(order.url, order.kind) + "|" + std::string(order.note) + "|" + std::string(order.extension) +
                (order.is_template ? "|template" : "|");
    for (const auto& variant : order.variants)
      link += "|" + std::string(variant.representation_id) + std::to_string(variant.bandwidth);
    return link;
  }
  Result<HttpResponse> Fetch(const Reference& reference) override {
    if (reference.url == "refuse") return Error{.code = Errc::kPermissionDenied, .message = "not there"};
    return HttpResponse{.status = 206,
                        .url = std::string(reference.url),
                        .headers = {{"X-Kind", std::to_string(static_cast<unsigned>(reference.kind))}},
                        .body = std::to_string(reference.offset) + "+" + std::to_string(reference.length) + "<" +
                                std::to_string(reference.max_bytes)};
  }

  std::ostream& out;
  std::size_t taken = 0;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  std::optional<Error> start_error;
};

}  // namespace sluice::sdk::abi_test
