// SPDX-License-Identifier: MIT
#include "core/pipeline/engine.hpp"

#include <array>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/allowed_methods.hpp"
#include "core/pipeline/cors.hpp"
#include "core/pipeline/match.hpp"
#include "core/pipeline/passage.hpp"
#include "core/pipeline/report.hpp"

namespace sluice::pipeline {
namespace {

/// Of "OPTIONS *" (RFC 9110 §9.3.7).
void ReplyAboutServer(http::ServerExchange& viewer) {
  const std::array fields{sdk::Header{"Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"}};
  static_cast<void>(viewer.Reply({.status = 204, .fields = fields}, {}));
}

}  // namespace

void Engine::Swap(std::shared_ptr<const Snapshot> snapshot) {
  // What is replaced may go with the last reference: not under the lock.
  const std::lock_guard lock(mutex_);
  if (snapshot_ == nullptr) admission_.Open(snapshot->config.server.workers);
  snapshot_.swap(snapshot);
}

void Engine::Close() {
  std::shared_ptr<const Snapshot> last;  // goes after the lock
  const std::lock_guard lock(mutex_);
  snapshot_.swap(last);
}

std::shared_ptr<const Snapshot> Engine::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void Engine::Handle(http::ServerExchange& viewer) {
  const auto snapshot = this->snapshot();
  if (const auto& cors = snapshot->config.cors; cors && IsPreflight(viewer)) {
    static_cast<void>(ReplyPreflight(*cors, viewer));  // a viewer that is gone needs no answer
    ReportUnserved(viewer, *snapshot);
    return;
  }
  if (viewer.path() == "*") {
    ReplyAboutServer(viewer);
    return ReportUnserved(viewer, *snapshot);
  }
  if (const auto link = snapshot->LinkIn(viewer.path())) return HandleLink(viewer, snapshot, *link);
  Passage::Start(std::make_unique<Passage>(context_, snapshot, viewer));
}

void Engine::Refused(const http::RefusedRequest& refused) const { ReportRefused(refused, *snapshot()); }

void Engine::HandleLink(http::ServerExchange& viewer, const std::shared_ptr<const Snapshot>& snapshot,
                        std::string_view path) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto link = state::OpenLink(context_.secrets, path, now);
  const auto* const pipeline = link ? snapshot->FindPipeline(link->pipeline) : nullptr;
  const auto& method = viewer.method();
  if (!link) {
    ReplyFailure(viewer, link.error());
  } else if (pipeline == nullptr || !MatchesOrigin(pipeline->config.match, viewer)) {
    ReplyFailure(viewer, {.code = sdk::Errc::kNotFound, .message = "no such link"});
  } else if (method != "GET" && method != "HEAD") {
    AllowedMethods allowed;
    allowed.Add("GET");
    static_cast<void>(ReplyMethodNotAllowed(viewer, allowed));
  } else {
    return Passage::Start(std::make_unique<Passage>(context_, snapshot, viewer, *pipeline, std::move(*link)));
  }
  ReportUnserved(viewer, *snapshot);
}

}  // namespace sluice::pipeline
