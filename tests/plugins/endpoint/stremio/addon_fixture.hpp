// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the addon asks, for tests: stores, indexers and auth backends that say what they are told to, and keep what
/// they were asked.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "plugins/endpoint/stremio/settings.hpp"
#include "plugins/endpoint/stremio/userdata.hpp"

namespace sluice::plugins::stremio {

/// A list that several threads add to.
template <typename T>
class Kept {
 public:
  void Add(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
  }
  std::vector<T> all() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }
  std::size_t size() const { return all().size(); }

 private:
  mutable std::mutex mutex_;
  std::vector<T> values_;
};

/// Everything but the lists is set before it is asked.
struct FakeStore final : sdk::Store {
  sdk::StoreTraits traits{};
  std::map<std::string, std::vector<sdk::File>> held{};        ///< What Check finds, by hash.
  std::vector<sdk::ItemState> states{sdk::ItemState::kReady};  ///< After Add, and after each Get; the last stays.
  std::vector<sdk::File> files{};                              ///< Of the one item.
  sdk::Source link{.url = "https://cdn.example/film"};
  std::optional<sdk::Error> check_error{}, add_error{}, get_error{}, link_error{};
  std::function<void()> on_add{}, on_get{};

  Kept<std::vector<std::string>> checks{};
  Kept<std::string> tokens{}, adds{}, gets{}, links{};

  sdk::StoreTraits Traits() const noexcept override { return traits; }
  sdk::Result<sdk::Account> GetAccount(const sdk::Call&, const sdk::StoreUser& user) override {
    tokens.Add(std::string(user.token));
    return sdk::Account{.id = "1", .plan = sdk::Plan::kPremium};
  }
  sdk::Status Check(const sdk::Call&, const sdk::StoreUser& user, sdk::Content,
                    std::span<const std::string_view> hashes, sdk::ItemSink& sink) override {
    tokens.Add(std::string(user.token));
    checks.Add({hashes.begin(), hashes.end()});
    if (check_error) return *check_error;
    for (const auto hash : hashes) {
      const auto found = held.find(std::string(hash));
      if (found == held.end()) continue;
      sink.Put({.hash = found->first, .state = sdk::ItemState::kCached, .files = found->second});
    }
    return sdk::Ok();
  }
  sdk::Result<sdk::Item> Add(const sdk::Call&, const sdk::StoreUser& user, const sdk::StoreOrder& order) override {
    tokens.Add(std::string(user.token));
    adds.Add(order.file.empty() ? std::string(order.uri)
                                : std::string(reinterpret_cast<const char*>(order.file.data()), order.file.size()));
    if (on_add) on_add();
    if (add_error) return *add_error;
    return ItemAt(0);
  }
  sdk::Result<sdk::Item> Get(const sdk::Call&, const sdk::StoreUser&, std::string_view id) override {
    gets.Add(std::string(id));
    if (on_get) on_get();
    if (get_error) return *get_error;
    return ItemAt(gets.size());
  }
  sdk::Result<std::uint64_t> List(const sdk::Call&, const sdk::StoreUser&, const sdk::StorePage&,
                                  sdk::ItemSink&) override {
    return 0;
  }
  sdk::Status Remove(const sdk::Call&, const sdk::StoreUser&, std::string_view) override { return sdk::Ok(); }
  sdk::Result<sdk::Source> Link(const sdk::Call&, const sdk::StoreUser&, std::string_view id,
                                std::string_view file) override {
    links.Add(std::string(id) + "/" + std::string(file));
    if (link_error) return *link_error;
    return link;
  }

 private:
  sdk::Item ItemAt(std::size_t turn) const {
    return {.id = "item", .name = "Item", .state = states[std::min(turn, states.size() - 1)], .files = files};
  }
};

struct FakeIndexer final : sdk::Indexer {
  std::vector<sdk::Release> releases{};
  std::optional<sdk::Error> error{};                  ///< After the releases.
  bool waits = false;                                 ///< Until the call is over, with what it has found told before.
  bool of_viewers_only = false;                       ///< Its own index has nothing.
  Kept<std::pair<std::string, std::string>> users{};  ///< URL and key.

  sdk::Status Search(const sdk::Call& call, const sdk::IndexerUser& user, const sdk::Query&,
                     sdk::ReleaseSink& sink) override {
    users.Add({std::string(user.url), std::string(user.key)});
    if (of_viewers_only && user.url.empty()) return sdk::Ok();
    for (const auto& release : releases) sink.Put(release);
    while (waits && !call.expired() && !call.cancelled()) std::this_thread::yield();
    if (waits) return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "index: no answer in time"};
    return error ? sdk::Status(*error) : sdk::Ok();
  }
};

/// What a backend was shown.
struct Shown {
  std::string scheme{}, user{}, secret{}, client_ip{}, user_agent{}, action{}, hash{};
};

struct FakeAuth final : sdk::AuthBackend {
  using Answer = sdk::Result<std::optional<sdk::Principal>>;
  std::function<Answer(const sdk::Credentials&)> answer = [](const sdk::Credentials&) {
    return std::optional<sdk::Principal>();
  };
  Kept<Shown> asked{};

  Answer Authenticate(const sdk::Call&, const sdk::Credentials& given) override {
    asked.Add({.scheme = std::string(given.scheme),
               .user = std::string(given.user),
               .secret = std::string(given.secret),
               .client_ip = std::string(given.client_ip),
               .user_agent = std::string(given.user_agent),
               .action = std::string(given.action),
               .hash = std::string(given.hash)});
    return answer(given);
  }
  /// Knows everybody, as the holder of these.
  void Grant(std::string subject, std::vector<sdk::Grant> grants) {
    answer = [principal = sdk::Principal{.subject = std::move(subject), .grants = std::move(grants)}](
                 const sdk::Credentials&) { return std::optional(principal); };
  }
  void Refuse(sdk::Errc code, std::string message) {
    answer = [error = sdk::Error{.code = code, .message = std::move(message)}](const sdk::Credentials&) -> Answer {
      return error;
    };
  }
};

/// Two stores, an index and two auth backends, the second of which takes a viewer's own key for what it is.
struct Offered {
  Offered() {
    token->answer = [](const sdk::Credentials& given) -> FakeAuth::Answer {
      if (given.scheme != "userdata") return std::optional<sdk::Principal>();
      return std::optional(sdk::Principal{
          .subject = "own",
          .grants = {{.store = std::string(given.user), .key = std::string(given.secret), .key_id = "own-key"}}});
    };
  }
  Settings MakeSettings() const {
    return {.name = "Sluice",
            .stores = {{.code = "tb", .name = "torbox", .store = torbox},
                       {.code = "rd", .name = "realdebrid", .store = realdebrid}},
            .indexers = {{.name = "torznab", .component = torznab}},
            .viewer_indexers = {{.name = "torznab", .component = torznab}},
            .auth = {{.name = "pool", .component = pool}, {.name = "token", .component = token}},
            .path = "/stremio/torz",
            .search_time = std::chrono::seconds(10)};
  }

  std::shared_ptr<FakeStore> torbox = std::make_shared<FakeStore>(), realdebrid = std::make_shared<FakeStore>();
  std::shared_ptr<FakeIndexer> torznab = std::make_shared<FakeIndexer>();
  std::shared_ptr<FakeAuth> pool = std::make_shared<FakeAuth>(), token = std::make_shared<FakeAuth>();
};

inline constexpr auto kUser = "3f2b0000-0000-4000-8000-000000000001";

/// A configuration with keys of the viewer's own.
inline UserData OwnKeys(std::initializer_list<std::string> codes) {
  UserData data;
  for (const auto& code : codes) data.stores.push_back({.code = code, .token = "key-of-" + code});
  return data;
}

/// A hash that is made of one digit.
inline std::string HashOf(char digit) { return std::string(40, digit); }

/// Of a film that was found by its id.
inline sdk::Release ReleaseOf(char digit, std::string title) {
  return {.title = std::move(title), .info_hash = HashOf(digit), .indexer = "index", .exact = true};
}

}  // namespace sluice::plugins::stremio
