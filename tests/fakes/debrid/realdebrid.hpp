// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeRealDebrid: api.real-debrid.com as far as clients know it.

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

/// One torrent of an account. The store lets an account have several of one hash.
struct RdTorrent {
  std::string id, key;
  Content content;
  Time added_at{};
  std::optional<Time> selected_at{};   ///< Nothing: no files have been chosen.
  std::set<std::uint64_t> selected{};  ///< Numbers of files, from 1 on.
};

/// One link that was unrestricted.
struct RdDownload {
  std::string id, key, link, host, url;
  ContentFile file;
  Time made_at{};
};

/// A torrent's own timeline is what it goes through until its files are chosen; without one it waits for that at once
/// if it is cached, and else converts its magnet for three seconds first. What is not in the library converts for good.
/// Once chosen, files are there at once if they are cached, and else after two minutes.
class FakeRealDebrid final : public FakeStore {
 public:
  using FakeStore::FakeStore;

  /// How torrents of that hash go on once their files are chosen.
  void ScriptSelected(const std::string& hash, std::vector<Step> steps);
  /// Whether a torrent's files come as one archive, with one link. At first they do not.
  void PackFiles(bool pack) { packs_ = pack; }
  /// Whether adding what is there already is refused. At first the account has it twice then.
  void RefuseDuplicates(bool refuse) { refuses_duplicates_ = refuse; }
  /// Something that the account holds, put there by its owner. \param selected  empty: not chosen yet. \returns  its
  /// id.
  std::string Plant(const std::string& key, const std::string& hash, std::set<std::uint64_t> selected);
  /// Its owner removes it. \returns  whether it was there.
  bool Pull(const std::string& id);
  /// Of that account, the newest first.
  std::vector<RdTorrent> TorrentsOf(const std::string& key) const;
  /// How the store says what went wrong.
  static Response Failure(int code, int status);

 protected:
  std::string EndpointOf(const Request& request) const override;
  Response Answer(const Request& request, const std::string& endpoint) override;

 private:
  /// One request, with what is known of it.
  struct Caller {
    const Request& request;
    const std::string& endpoint;
    std::string id;  ///< Of the path; empty where there is none.
    Account account;
  };

  Response Dispatch(const Caller& caller);
  Response User(const Caller& caller) const;
  Response AddMagnet(const Caller& caller);
  Response AddTorrent(const Caller& caller);
  Response Add(const Caller& caller, const std::string& hash);
  Response Info(const Caller& caller);
  Response Select(const Caller& caller);
  Response Torrents(const Caller& caller);
  Response Delete(const Caller& caller);
  Response Unrestrict(const Caller& caller);
  Response Downloads(const Caller& caller);
  Response DeleteDownload(const Caller& caller);
  /// A part of a list, as the caller wants it.
  Response Part(const Caller& caller, const nlohmann::json& all);
  /// Records what the store would not understand, and answers that.
  Response Odd(const Caller& caller, const std::string& what);

  std::string StateOf(const RdTorrent& torrent, double& progress);
  /// As the store lists it. \param whole  with its files and all.
  nlohmann::json JsonOf(const RdTorrent& torrent, bool whole);
  std::vector<std::string> LinksOf(const RdTorrent& torrent) const;
  std::optional<ContentFile> FileBehind(const std::string& key, const std::string& link);
  RdTorrent& Insert(const std::string& key, const Content& content);

  std::atomic<bool> packs_{false};
  std::atomic<bool> refuses_duplicates_{false};
  mutable std::mutex items_;
  std::vector<RdTorrent> torrents_;  ///< The newest first.
  std::vector<RdDownload> downloads_;
  std::map<std::string, std::vector<Step>> selected_;
  std::uint64_t next_id_ = 11;
};

}  // namespace sluice::fakes::debrid
