// SPDX-License-Identifier: MIT
#include "event_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sluice::plugins::chillstreams {
namespace {

/// "type=data;" of each event; then "#" and the last event id.
std::string EventsOf(std::string_view text, std::size_t piece) {
  EventStream stream;
  std::string seen;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    const bool more = stream.Take(text.substr(0, piece), [&](const StreamEvent& event) {
      seen += event.type + "=" + event.data + ";";
      return true;
    });
    if (!more) return seen + "too long";
  }
  return seen + "#" + stream.last_event_id();
}

struct StreamCase {
  const char* what;
  std::string text;
  std::string events;
};

TEST(EventStreamTest, ReadsWhatTheStandardSays) {
  const StreamCase cases[] = {
      {"nothing", "", "#"},
      {"one event", "data: a\n\n", "message=a;#"},
      {"a type and an id", "id: 7\nevent: revoked\ndata: x\n\n", "revoked=x;#7"},
      {"CR", "event: e\rdata: x\r\rdata: y\r\r", "e=x;message=y;#"},
      {"CRLF", "event: e\r\ndata: x\r\n\r\ndata: y\r\n\r\n", "e=x;message=y;#"},
      {"line ends mixed", "data: a\r\ndata: b\rdata: c\n\r\n", "message=a\nb\nc;#"},
      {"LF CR are two line ends", "data: a\n\rdata: b\n\n", "message=a;message=b;#"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "data: a\n\n",
       "message=a;#"},
      {"a second byte order mark is part of a name",
       "\xEF\xBB\xBF\xEF\xBB\xBF"
       "data: a\n\n",
       "#"},
      {"a byte order mark later",
       "data: a\n\n\xEF\xBB\xBF"
       "data: b\n\n",
       "message=a;#"},
      {"comments", ": keep-alive\n\n:\n\ndata: a\n: x\ndata: b\n\n", "message=a\nb;#"},
      {"one space is left out", "data:  a\ndata:b\n\n", "message= a\nb;#"},
      {"a colon in the value", "data: a: b\n\n", "message=a: b;#"},
      {"no colon", "data\n\n", "message=;#"},
      {"two without colon", "data\ndata\n\n", "message=\n;#"},
      {"empty data", "event: e\ndata:\n\n", "e=;#"},
      {"a type without data", "event: reset\n\n", "reset=;#"},
      {"an empty type", "event: e\nevent:\ndata: a\n\n", "message=a;#"},
      {"an empty type without data", "event:\n\n", "#"},
      {"the type is the event's own", "event: e\ndata: a\n\ndata: b\n\n", "e=a;message=b;#"},
      {"unknown fields", "retry: 10\nDATA: x\n data: y\ndata : z\ndata: a\n\n", "message=a;#"},
      {"an id without event", "id: 4\n\n", "#4"},
      {"an id stays", "id: 4\ndata: a\n\ndata: b\n\n", "message=a;message=b;#4"},
      {"an id is taken away", "id: 4\ndata: a\n\nid\ndata: b\n\n", "message=a;message=b;#"},
      {"an id with NUL", std::string("id: 4\n\nid: 5\0\n\n", 16), "#4"},
      {"an event that has not ended", "id: 9\ndata: a\n", "#"},
      {"a line that has not ended", "data: a\n\ndata: b", "message=a;#"},
      {"blank lines", "\n\r\n\r\rdata: a\n\n\n\n", "message=a;#"},
      {"a long line", "data: " + std::string(65536, 'x') + "\n\n", "too long"},
      {"many long lines", "data: a\n\ndata: " + std::string(40000, 'x') + "\ndata: " + std::string(40000, 'x') + "\n\n",
       "message=a;too long"}};
  for (const auto& [what, text, events] : cases)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, text.size() + 1})
      EXPECT_EQ(EventsOf(text, piece), events) << what << ", in pieces of " << piece;
}

TEST(EventStreamTest, CountsAnEventThatWasNotHandledAsNotSeen) {
  EventStream stream("1");
  int handled = 0;

  EXPECT_FALSE(stream.Take("id: 2\ndata: a\n\nid: 3\ndata: b\n\nid: 4\ndata: c\n\n",
                           [&](const StreamEvent& event) { return ++handled, event.data != "b"; }));

  EXPECT_EQ(handled, 2);
  EXPECT_EQ(stream.last_event_id(), "2");
  EXPECT_FALSE(stream.is_too_long());
}

}  // namespace
}  // namespace sluice::plugins::chillstreams
