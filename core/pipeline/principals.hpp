// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Principals: what each principal has under way and has had, to be shown and to be limited.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/net/file_descriptor.hpp"
#include "core/state/usage_outbox.hpp"

namespace sluice::pipeline {

/// Counts by pipeline: a subject means the same person only to those who let it in. Outlives every response that it
/// counts. Threads: [any].
class Principals {
 public:
  struct Count {
    std::uint64_t streams = 0;  ///< Bodies that come from an upstream or a file.
    std::uint64_t bytes = 0;    ///< Of bodies, sent to viewers.
    bool operator==(const Count&) const = default;
  };
  struct Entry {
    std::string principal;
    std::string pipeline;
    Count active;  ///< Of the streams under way.
    Count total;   ///< Since the start, of every answer.
    bool operator==(const Entry&) const = default;
  };
  struct Report {
    std::vector<Entry> entries;   ///< By principal, then by pipeline.
    std::uint64_t forgotten = 0;  ///< Entries that have left to make room.
  };
  class Response;

  /// \param most_idle  entries that are kept though nothing is under way; who was there last stays longest.
  explicit Principals(std::size_t most_idle = 10'000) : most_idle_(most_idle) {}
  Principals(const Principals&) = delete;
  Principals& operator=(const Principals&) = delete;

  /// One response more to `principal`.
  /// \param limit  responses at once; 0: any number. \returns  null: that many are under way.
  std::shared_ptr<Response> Enter(std::string_view pipeline, std::string_view principal, std::uint32_t limit);
  Report Look() const;
  /// Breaks off the responses to `subject` that were made cuttable for `backend`. \returns  how many.
  std::size_t Cut(const std::string& backend, const std::string& subject);

 private:
  struct Account {
    std::uint32_t responses = 0;
    Count active;
    Count total;
    std::uint64_t left = 0;  ///< Key in `idle_`, while there are no responses.
  };
  using Accounts = std::map<std::pair<std::string, std::string>, Account>;               // by principal and pipeline
  using Cuttable = std::multimap<std::pair<std::string, std::string>, const Response*>;  // by backend and principal

  void Leave(const Response& response);

  const std::size_t most_idle_;
  mutable std::mutex mutex_;
  Accounts accounts_;
  std::map<std::uint64_t, Accounts::iterator> idle_;  // who left first comes first
  std::uint64_t departures_ = 0;
  std::uint64_t forgotten_ = 0;
  Cuttable cuttable_;
};

/// From before a response is fetched until its body has ended: destroying it ends it. Threads: one at a time, any.
class Principals::Response {
 public:
  Response(Principals& of, Accounts::iterator at) : of_(of), at_(at) {}
  ~Response() { of_.Leave(*this); }
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  /// Its body is on its way: a stream, from now to the end.
  void BeginStream();
  /// `bytes` of the body have been sent so far; less than before changes nothing.
  void Reach(std::uint64_t bytes);
  /// Whoever revokes the principal may break it off from now on. \param connection  http::ServerExchange::Cutter.
  void MakeCuttable(const std::string& backend, net::FileDescriptor connection);
  /// The record of what is sent; ends with the response.
  void Account(std::unique_ptr<state::UsageOutbox::Stream> usage) { usage_ = std::move(usage); }

 private:
  friend class Principals;

  Principals& of_;
  const Accounts::iterator at_;
  bool streams_ = false;
  std::uint64_t bytes_ = 0;
  net::FileDescriptor connection_;
  Cuttable::iterator cuttable_;  // while there is a connection
  std::unique_ptr<state::UsageOutbox::Stream> usage_;
};

}  // namespace sluice::pipeline
