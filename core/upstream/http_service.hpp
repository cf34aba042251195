// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// HttpService: what plugins get as "sluice.http/1": the upstream client with whole-exchange limits.

#include <sluice/sdk/services.hpp>

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// Threads: [any].
class HttpService final : public sdk::HttpService {
 public:
  explicit HttpService(Client& client) : client_(client) {}

  sdk::Result<sdk::HttpResponse> Send(const sdk::Call& call, const sdk::HttpRequest& request) override;
  sdk::Status Stream(const sdk::Call& call, const sdk::HttpRequest& request, sdk::HttpSink& sink) override;

 private:
  Client& client_;
};

}  // namespace sluice::upstream
