// SPDX-License-Identifier: MIT
#include "core/http/fault.hpp"

#include <array>
#include <cstddef>

namespace sluice::http {
namespace {

struct Row {
  Fault fault;
  std::string_view reason;
  std::string_view message;
};

constexpr std::array kTable{
    Row{Fault::kNone, "none", "no fault"},
    Row{Fault::kBareLineFeed, "bare_line_feed", "line feed without carriage return"},
    Row{Fault::kBareCarriageReturn, "bare_carriage_return", "carriage return without line feed"},
    Row{Fault::kStartLine, "start_line", "start line: want method, target and version, one space between"},
    Row{Fault::kVersion, "version", "version: want HTTP/1.0 or HTTP/1.1"},
    Row{Fault::kFieldName, "field_name", "header field name: want a token and a colon"},
    Row{Fault::kSpaceBeforeColon, "space_before_colon", "header field name: white space before the colon"},
    Row{Fault::kFieldValue, "field_value", "header field value: control character"},
    Row{Fault::kObsoleteFold, "obsolete_fold", "header field continued on a second line"},
    Row{Fault::kTooManyFields, "too_many_fields", "too many header fields"},
    Row{Fault::kHeadTooLarge, "head_too_large", "header fields too large"},
    Row{Fault::kLineTooLong, "line_too_long", "request line too long"},
    Row{Fault::kContentLength, "content_length", "Content-Length: want one decimal number"},
    Row{Fault::kLengthWithCoding, "length_with_coding", "Content-Length and Transfer-Encoding exclude each other"},
    Row{Fault::kTransferEncoding, "transfer_encoding", "Transfer-Encoding: want chunked, once, in HTTP/1.1"},
    Row{Fault::kUnknownCoding, "unknown_coding", "Transfer-Encoding: chunked is the only one known"},
    Row{Fault::kHostMissing, "host_missing", "Host is missing"},
    Row{Fault::kHost, "host", "Host: want one host name, with or without port"},
    Row{Fault::kHostMismatch, "host_mismatch", "target names another authority than Host"},
    Row{Fault::kTarget, "target", "target: want a path with valid percent-escapes and no fragment"},
    Row{Fault::kMethod, "method", "method: want a token other than CONNECT"},
    Row{Fault::kExpectation, "expectation", "Expect: want 100-continue"},
    Row{Fault::kChunkSize, "chunk_size", "chunk size: want 1 to 16 hex digits"},
    Row{Fault::kChunkExtension, "chunk_extension", "chunk extension too long or malformed"},
    Row{Fault::kChunkEnd, "chunk_end", "chunk data: want CRLF after it"},
    Row{Fault::kTrailer, "trailer", "trailer fields too long or malformed"},
};

constexpr bool OrderedByFault() {
  if (kTable.size() != kFaultCount) return false;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].fault) != i) return false;
  }
  return true;
}
static_assert(OrderedByFault(), "rows are found by their fault");

}  // namespace

std::string_view ReasonOf(Fault fault) { return kTable[static_cast<std::size_t>(fault)].reason; }

std::string_view MessageOf(Fault fault) { return kTable[static_cast<std::size_t>(fault)].message; }

}  // namespace sluice::http
