// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FakeAllDebrid: api.alldebrid.com as far as clients know it.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/debrid/store.hpp"

namespace sluice::fakes::debrid {

/// A magnet's timeline names states by their `statusCode` in decimal. Without one it is ready at once if it is cached,
/// and else after two minutes. What is not in the library waits for good. Of accounts' plans 0 is free, 1 a trial.
class FakeAllDebrid final : public FakeStore {
 public:
  using FakeStore::FakeStore;

  /// How long the store makes links from now on, before they are there; negative: it fails after that. At first: none.
  void DelayLinks(std::chrono::seconds by) { delay_s_ = by.count(); }
  /// Whether links to hosters lead to several streams, of which one is to be chosen.
  void OfferStreams(bool offer) { offers_streams_ = offer; }
  /// Whether whoever asks is refused as a server.
  void RefuseServers(bool refuse) { refuses_servers_ = refuse; }
  /// Whether a magnet's files are told only by magnet/files.
  void HideFiles(bool hide) { hides_files_ = hide; }
  /// Whether lists are objects that name magnets by their ids, as they are in sessions.
  void ListByKey(bool by_key) { lists_by_key_ = by_key; }
  /// An envelope that says what went wrong.
  static Response Failure(const std::string& code, int status = 200);
  static nlohmann::json ErrorJson(const std::string& code);

 protected:
  std::string EndpointOf(const Request& request) const override;
  Response Answer(const Request& request, const std::string& endpoint) override;

  /// What links of torrents begin with.
  static constexpr std::string_view kLinkPrefix = "https://alldebrid.com/f/";

 private:
  /// One request, with what is known of it.
  struct Caller {
    const Request& request;
    const std::string& endpoint;
    Params fields;  ///< Of the query without `agent`, or of the form.
    Account account;
  };
  struct WebEntry {
    std::string key, link;
    ContentFile file;
    Time at{};
  };
  /// A link that is being made.
  struct Delayed {
    std::string url;
    Time since{};
    std::chrono::seconds takes{};
    bool fails = false;
  };

  static Response Success(const nlohmann::json& data);
  Response Dispatch(const Caller& caller);
  Response User(const Caller& caller) const;
  Response Upload(const Caller& caller);
  Response UploadFile(const Caller& caller);
  nlohmann::json UploadOne(const Caller& caller, const std::string& name, const std::string& hash);
  Response Status(const Caller& caller);
  Response Files(const Caller& caller);
  Response Delete(const Caller& caller);
  Response Unlock(const Caller& caller);
  Response Streaming(const Caller& caller);
  Response DelayedLink(const Caller& caller);
  Response Saved(const Caller& caller);
  Response Links(const Caller& caller, const std::vector<WebEntry>& list) const;
  Response Save(const Caller& caller, bool keep);
  /// Records what the store would not understand, and answers that.
  Response Odd(const Caller& caller, const std::string& what);

  nlohmann::json JsonOf(const Held& held);
  std::optional<Held> HeldOf(const Caller& caller, const std::optional<std::string>& id);
  std::optional<ContentFile> FileBehind(const Caller& caller, const std::string& link);
  /// A link, or the promise of one, in `data`.
  void Hand(nlohmann::json& data, const ContentFile& file, const std::string& address);

  std::atomic<std::int64_t> delay_s_{0};
  std::atomic<bool> offers_streams_{false}, refuses_servers_{false}, hides_files_{false}, lists_by_key_{false};
  mutable std::mutex items_;
  std::vector<WebEntry> saved_, history_;  ///< The newest first.
  std::map<std::uint64_t, Delayed> delayed_;
  std::map<std::string, std::pair<ContentFile, std::string>> streams_;  ///< File and address, by what was unlocked.
  std::uint64_t next_id_ = 501;
};

/// The files of a torrent as a tree of folders and files. \param link_prefix  of their links; empty: they have none.
nlohmann::json TreeOf(const Content& content, const std::string& link_prefix);

}  // namespace sluice::fakes::debrid
