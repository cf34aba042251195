// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A fake store behind the host's HTTP client, for tests without a network.

#include <sluice/sdk/testing/fake_http.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

/// Answers what is asked of `base_url` as `store` does. What takes longer than the request may is kDeadlineExceeded,
/// at once: nobody waits. \param store  outlives `http`'s use.
inline void Serve(FakeStore& store, sdk::testing::FakeHttp& http, const std::string& base_url) {
  for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}) {
    http.AnswerWith(
        method, base_url + "/*", [&store, base_url](const sdk::HttpRequest& asked) -> sdk::Result<sdk::HttpResponse> {
          auto answer = store.Handle(MakeRequest(asked.method, std::string_view(asked.url).substr(base_url.size()),
                                                 asked.headers, asked.body));
          if (answer.reset) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = asked.url + ": was reset"};
          if (answer.latency + answer.trickle * static_cast<int>(answer.body.size() / 1024 + 1) > asked.timeout)
            return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = asked.url + ": no answer in time"};
          if (answer.drop_after > 0 && answer.drop_after < answer.body.size())
            return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = asked.url + ": broke off"};
          return sdk::HttpResponse{.status = answer.status,
                                   .url = asked.url,
                                   .headers = std::move(answer.headers),
                                   .body = std::move(answer.body)};
        });
  }
}

}  // namespace sluice::fakes::debrid
