// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The sessions service, both ways: as a plugin calls it, and as the host offers it.

#include <sluice/abi/sessions.h>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/services.hpp>

#include <optional>
#include <string>

namespace sluice::sdk::detail {

/// `session` must outlive it.
class SessionView {
 public:
  explicit SessionView(const Session& session) {
    scopes_.Fill(session.scopes, [](const std::string& scope) { return Str(scope); });
    view_ = {.struct_size = SizeOf<sluice_session>(),
             .reserved = 0,
             .id = Str(session.id),
             .owner = Str(session.owner),
             .subject = Str(session.subject),
             .scopes = scopes_.data(),
             .scope_count = scopes_.size(),
             .data = Str(session.data),
             .created_at = ToSeconds(session.created_at),
             .expires_at = ToSeconds(session.expires_at),
             .idle_timeout_seconds = session.idle_timeout.count(),
             .used_at = ToSeconds(session.used_at)};
  }
  const sluice_session* get() const noexcept { return &view_; }

 private:
  Array<sluice_str, 16> scopes_;
  sluice_session view_;
};

inline Session FromSession(const sluice_session& view) {
  Session session{.id = std::string(View(view.id)),
                  .owner = std::string(View(view.owner)),
                  .subject = std::string(View(view.subject)),
                  .scopes = {},
                  .data = std::string(View(view.data)),
                  .created_at = FromSeconds(view.created_at),
                  .expires_at = FromSeconds(view.expires_at),
                  .idle_timeout = std::chrono::seconds(view.idle_timeout_seconds),
                  .used_at = FromSeconds(view.used_at)};
  for (const auto& scope : Elements(view.scopes, view.scope_count)) session.scopes.emplace_back(View(scope));
  return session;
}

class SessionsClient final : public SessionsService {
 public:
  explicit SessionsClient(const sluice_sessions_service* service) : service_(service) {}

  Result<OpenedSession> Open(const Call& call, const Session& session) override {
    if (service_ == nullptr) return MissingService(SLUICE_SESSIONS_SERVICE);
    const SessionView view(session);
    TextTaker id, token;
    sluice_error error{};
    const auto status = service_->open(service_->ctx, &call.abi(), view.get(), id.sink(), token.sink(), &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return OpenedSession{.id = std::move(id.text()), .token = std::move(token.text())};
  }
  Result<std::optional<Session>> Find(const Call& call, std::string_view token) override {
    return One([&](sluice_session_sink out, sluice_error* error) {
      return service_->find(service_->ctx, &call.abi(), Str(token), out, error);
    });
  }
  Result<std::optional<Session>> Get(const Call& call, std::string_view id) override {
    return One([&](sluice_session_sink out, sluice_error* error) {
      return service_->get(service_->ctx, &call.abi(), Str(id), out, error);
    });
  }
  Status Change(const Call& call, std::string_view id, const SessionChange& change) override {
    if (service_ == nullptr) return MissingService(SLUICE_SESSIONS_SERVICE);
    sluice_str data{};
    sluice_seconds expires_at{};
    if (change.data) data = Str(*change.data);
    if (change.expires_at) expires_at = ToSeconds(*change.expires_at);
    sluice_error error{};
    return ToStatus(service_->change(service_->ctx, &call.abi(), Str(id), change.data ? &data : nullptr,
                                     change.expires_at ? &expires_at : nullptr, &error),
                    error);
  }
  Status Close(const Call& call, std::string_view id) override {
    if (service_ == nullptr) return MissingService(SLUICE_SESSIONS_SERVICE);
    sluice_error error{};
    return ToStatus(service_->close(service_->ctx, &call.abi(), Str(id), &error), error);
  }
  Status List(const Call& call, std::string_view subject, std::uint32_t offset, std::uint32_t limit,
              SessionSink& sink) override {
    if (service_ == nullptr) return MissingService(SLUICE_SESSIONS_SERVICE);
    sluice_error error{};
    const sluice_session_sink out{
        &sink, [](void* ctx, const sluice_session* session) noexcept -> uint32_t {
          return BarrierOr(1U, [&] { return static_cast<SessionSink*>(ctx)->Put(FromSession(*session)) ? 0U : 1U; });
        }};
    return ToStatus(service_->list(service_->ctx, &call.abi(), Str(subject), offset, limit, out, &error), error);
  }

 private:
  template <typename F>
  Result<std::optional<Session>> One(F&& function) {
    if (service_ == nullptr) return MissingService(SLUICE_SESSIONS_SERVICE);
    std::optional<Session> found;
    sluice_error error{};
    const sluice_session_sink out{&found, [](void* ctx, const sluice_session* session) noexcept -> uint32_t {
                                    return BarrierOr(1U, [&] {
                                      *static_cast<std::optional<Session>*>(ctx) = FromSession(*session);
                                      return 1U;
                                    });
                                  }};
    const sluice_status status = function(out, &error);
    if (status != SLUICE_OK) return ToError(status, error);
    return found;
  }

  const sluice_sessions_service* service_;
};

inline Status PutSession(Result<std::optional<Session>> found, sluice_session_sink out) {
  if (!found) return std::move(found).error();
  if (*found) out.put(out.ctx, SessionView(**found).get());
  return Ok();
}

inline sluice_sessions_service SessionsTable(SessionsService* service) noexcept {
  return {
      .struct_size = SizeOf<sluice_sessions_service>(),
      .reserved = 0,
      .ctx = service,
      .open = [](void* ctx, const sluice_call* call, const sluice_session* session, sluice_text_sink id,
                 sluice_text_sink token, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&]() -> Status {
          auto opened = static_cast<SessionsService*>(ctx)->Open(Call(*call), FromSession(*session));
          if (!opened) return std::move(opened).error();
          id.put(id.ctx, Str(opened->id));
          token.put(token.ctx, Str(opened->token));
          return Ok();
        });
      },
      .find = [](void* ctx, const sluice_call* call, sluice_str token, sluice_session_sink out,
                 sluice_error* error) noexcept -> sluice_status {
        return Barrier(
            error, [&] { return PutSession(static_cast<SessionsService*>(ctx)->Find(Call(*call), View(token)), out); });
      },
      .get = [](void* ctx, const sluice_call* call, sluice_str id, sluice_session_sink out,
                sluice_error* error) noexcept -> sluice_status {
        return Barrier(error,
                       [&] { return PutSession(static_cast<SessionsService*>(ctx)->Get(Call(*call), View(id)), out); });
      },
      .change = [](void* ctx, const sluice_call* call, sluice_str id, const sluice_str* data,
                   const sluice_seconds* expires_at, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] {
          SessionChange change;
          if (data != nullptr) change.data = std::string(View(*data));
          if (expires_at != nullptr) change.expires_at = FromSeconds(*expires_at);
          return static_cast<SessionsService*>(ctx)->Change(Call(*call), View(id), change);
        });
      },
      .close = [](void* ctx, const sluice_call* call, sluice_str id, sluice_error* error) noexcept -> sluice_status {
        return Barrier(error, [&] { return static_cast<SessionsService*>(ctx)->Close(Call(*call), View(id)); });
      },
      .list = [](void* ctx, const sluice_call* call, sluice_str subject, uint32_t offset, uint32_t limit,
                 sluice_session_sink out, sluice_error* error) noexcept -> sluice_status {
        struct Sink final : SessionSink {
          explicit Sink(sluice_session_sink to) : out(to) {}
          bool Put(const Session& session) override { return out.put(out.ctx, SessionView(session).get()) == 0; }
          const sluice_session_sink out;
        };
        return Barrier(error, [&] {
          Sink sink(out);
          return static_cast<SessionsService*>(ctx)->List(Call(*call), View(subject), offset, limit, sink);
        });
      }};
}

}  // namespace sluice::sdk::detail
