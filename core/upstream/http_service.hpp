// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HttpService: what plugins get as "sluice.http/1": the upstream client with whole-exchange limits.

#include <functional>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string_view>
#include <utility>

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// Threads: [any].
class HttpService final : public sdk::HttpService {
 public:
  /// A field that a request to `url` carries besides its own; nothing: none.
  using Mark = std::function<std::optional<sdk::Header>(std::string_view url)>;

  explicit HttpService(Client& client, Mark mark = {}) : client_(client), mark_(std::move(mark)) {}

  sdk::Result<sdk::HttpResponse> Send(const sdk::Call& call, const sdk::HttpRequest& request) override;
  sdk::Status Stream(const sdk::Call& call, const sdk::HttpRequest& request, sdk::HttpSink& sink) override;

 private:
  Request Translate(const sdk::Call& call, const sdk::HttpRequest& request) const;

  Client& client_;
  const Mark mark_;
};

}  // namespace sluice::upstream
