// SPDX-License-Identifier: MIT
#include "saved.hpp"

#include <chrono>
#include <sluice/sdk/base64.hpp>
#include <utility>

#include "userdata_url.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostKnown = 10'000;
constexpr std::size_t kIdBytes = 16;
constexpr std::int64_t kMostSaved = 10'000;  // whoever can reach the page can save one
constexpr std::chrono::seconds kLife = 1h;

}  // namespace

Saved::Saved(sdk::Host host) : host_(std::move(host)), known_(host_, "the database", kMostKnown) {}

sdk::Result<UserData> Saved::Find(const sdk::Call& call, std::string_view id) {
  return known_.Find(call, std::string(id), [&]() -> sdk::Result<remote::TtlCache<UserData>::Fresh> {
    auto data = Read(call, id);
    if (!data) return std::move(data).error();
    return remote::TtlCache<UserData>::Fresh{*std::move(data), kLife};
  });
}

sdk::Result<UserData> Saved::Open(const sdk::Call& call, std::string_view segment, bool locked) {
  auto read = ReadSegment(segment, host_.secrets(), locked);
  if (!read) return std::move(read).error();
  if (read->form == Form::kSaved) return Find(call, read->saved_id);
  return std::move(read->data);
}

sdk::Result<UserData> Saved::Read(const sdk::Call& call, std::string_view id) const {
  const auto found = host_.database().Read(call, "SELECT configuration FROM {saved} WHERE id = $1", {id});
  if (!found) return found.error();
  if (found->rows.empty()) {
    return sdk::Error{.code = sdk::Errc::kNotFound,
                      .message = "configuration: none of that name is saved; configure the addon anew"};
  }
  const auto json = host_.secrets().Open(found->rows[0][0].text, id);
  if (json) return ReadUserData(*json);
  return sdk::Error{.code = sdk::Errc::kUpstreamFailed,
                    .message = "configuration: was sealed with a key that this server does not have"};
}

sdk::Result<std::string> Saved::Keep(const sdk::Call& call, const UserData& data) {
  auto id = sdk::Base64UrlEncode(host_.secrets().Random(kIdBytes));
  const auto sealed = host_.secrets().Seal(WriteUserData(data), id);
  if (!sealed) return sealed.error();
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now());
  const auto kept = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    auto count = transaction.Run("SELECT count(*) FROM {saved}");
    if (!count) return std::move(count).error();
    if (count->rows[0][0].integer >= kMostSaved) {
      return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                        .message = "configuration: this server saves no more of them; make one without the short URL"};
    }
    auto done = transaction.Run(
        "INSERT INTO {saved} (id, configuration, key_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO "
        "NOTHING",
        {id, sdk::SqlParam::Bytes(*sealed), host_.secrets().KeyId(), now});
    return done ? sdk::Ok() : sdk::Status(std::move(done).error());
  });
  if (!kept) return kept.error();
  return id;
}

}  // namespace sluice::plugins::stremio
