// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// EventStream: takes a text/event-stream apart while it arrives (WHATWG HTML §9.2.6).

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sluice::plugins::chillstreams {

struct StreamEvent {
  std::string type;  ///< "message" where the stream does not say.
  std::string data;  ///< Lines with LF between them.
};

/// One answer's body. As the standard has it, but that an event with a type and no data is one too: our events may say
/// all by their names. Threads: none, [stream].
class EventStream {
 public:
  /// \returns  whether more is wanted.
  using Handler = std::function<bool(const StreamEvent&)>;

  /// \param last_event_id  what is true until the stream says another.
  explicit EventStream(std::string last_event_id = {}) : last_event_id_(std::move(last_event_id)) {}

  /// \param octets  in pieces as they come, wherever these are cut.
  /// \returns  false: `handler` wants no more, or a line or event is longer than 64 KiB; nothing further is to be
  /// given.
  bool Take(std::string_view octets, const Handler& handler);

  /// Of the last event that was handled: what a new request says in Last-Event-ID. May be empty.
  const std::string& last_event_id() const { return last_event_id_; }
  /// Whether it ended because something in it was too long.
  bool is_too_long() const { return is_too_long_; }

 private:
  bool TakeLine(std::string_view line, const Handler& handler);
  bool Dispatch(const Handler& handler);
  bool Fits(std::size_t size);

  std::string line_;  ///< What has come of a line.
  StreamEvent event_;
  bool has_data_ = false;
  std::string id_;  ///< Of the event that is under way; true once it is handled.
  bool has_id_ = false;
  std::string last_event_id_;
  bool at_start_ = true;   ///< A byte order mark may come.
  bool after_cr_ = false;  ///< An LF belongs to the line end before.
  bool is_too_long_ = false;
};

}  // namespace sluice::plugins::chillstreams
