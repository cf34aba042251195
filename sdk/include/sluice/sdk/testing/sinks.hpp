// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Receivers for tests: they keep what a plugin puts into them.

#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/media.hpp>
#include <sluice/sdk/store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::sdk::testing {

/// Keeps every value; says that it wants no more once it holds `limit`.
template <typename Sink, typename Value>
struct Collected final : Sink {
  Collected() = default;
  explicit Collected(std::size_t wanted) : limit(wanted) {}

  bool Put(const Value& value) override {
    values.push_back(value);
    return values.size() < limit;
  }

  std::vector<Value> values;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};
using CollectedItems = Collected<ItemSink, Item>;
using CollectedReleases = Collected<ReleaseSink, Release>;
using CollectedMedia = Collected<MediaSink, MediaItem>;

/// Keeps octets; the receiver is gone once it holds `limit`.
struct CollectedBytes final : ByteSink {
  CollectedBytes() = default;
  explicit CollectedBytes(std::size_t wanted) : limit(wanted) {}

  Status Write(std::span<const std::byte> chunk) override {
    if (text.size() >= limit) return Error{.code = Errc::kCancelled, .message = "receiver is gone"};
    text.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return Ok();
  }

  std::string text;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// What an endpoint answered. Refuses what core refuses: a second Start, a Write before Start, a status out of range.
struct RecordedResponse final : ResponseWriter {
  Status Start(int start_status, std::span<const Header> start_headers) override {
    if (status != 0) return Error{.code = Errc::kInternal, .message = "response was started before"};
    if (start_status < 200 || start_status > 599)
      return Error{.code = Errc::kInvalidArgument, .message = "status: want 200 to 599"};
    status = start_status;
    headers.assign(start_headers.begin(), start_headers.end());
    return Ok();
  }
  Status Write(std::span<const std::byte> chunk) override {
    if (status == 0) return Error{.code = Errc::kInternal, .message = "body before Start"};
    body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return Ok();
  }
  std::string_view header(std::string_view name) const { return FieldValue(headers, name); }

  int status = 0;  ///< 0: not started.
  std::vector<Header> headers;
  std::string body;
};

/// A head that a filter edits: starts with `headers`, ends with what the filter made of them.
struct RecordedHead final : HeadEdit {
  RecordedHead() = default;
  explicit RecordedHead(std::vector<Header> start) : headers(std::move(start)) {}

  void Set(std::string_view name, std::string_view value) override {
    Remove(name);
    headers.push_back({std::string(name), std::string(value)});
  }
  void Remove(std::string_view name) override {
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [&](const Header& field) { return EqualsIgnoreCase(field.name, name); }),
                  headers.end());
  }
  std::string_view header(std::string_view name) const { return FieldValue(headers, name); }

  std::vector<Header> headers;
};

/// A request head that owns its text: `TestRequest("GET", "/a/b?c=d").Header("Accept", "*/*").head()`.
class TestRequest {
 public:
  /// \param method  upper case. \param target  path and query, as they stand in a request line.
  TestRequest(std::string method, std::string_view target) : method_(std::move(method)) {
    const auto mark = target.find('?');
    path_ = target.substr(0, mark);
    if (mark != std::string_view::npos) query_ = target.substr(mark + 1);
  }
  /// One more header field.
  TestRequest& Header(std::string name, std::string value) {
    headers_.push_back({std::move(name), std::move(value)});
    return *this;
  }
  /// A capture of the path template, percent-decoded.
  TestRequest& Param(std::string name, std::string value) {
    params_.push_back({std::move(name), std::move(value)});
    return *this;
  }
  /// Whom an authenticate step let in; without it none ran.
  TestRequest& As(Principal principal) {
    principal_ = std::move(principal);
    has_principal_ = true;
    return *this;
  }
  /// Valid until the request is changed or gone.
  RequestHead head() {
    header_views_ = Views(headers_);
    param_views_ = Views(params_);
    return {.method = method_,
            .path = path_,
            .query = query_,
            .headers = header_views_,
            .params = param_views_,
            .principal = has_principal_ ? &principal_ : nullptr};
  }

 private:
  static std::vector<Field> Views(const std::vector<sdk::Header>& fields) {
    std::vector<Field> views;
    for (const auto& field : fields) views.push_back({field.name, field.value});
    return views;
  }

  std::string method_, path_, query_;
  std::vector<sdk::Header> headers_, params_;
  std::vector<Field> header_views_, param_views_;
  Principal principal_;
  bool has_principal_ = false;
};

}  // namespace sluice::sdk::testing
