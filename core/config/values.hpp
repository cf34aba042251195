// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Texts of the configuration that stand for something: durations, sizes, addresses, networks, paths, hosts.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

/// "250ms", "5s", "2m", "1h": whole numbers only.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);
/// The shortest text that ParseDuration reads back.
std::string FormatDuration(std::chrono::milliseconds duration);

/// "1000", "64KiB", "8MiB", "1GiB".
std::optional<std::uint64_t> ParseSize(std::string_view text);
std::string FormatSize(std::uint64_t size_bytes);

/// An address and port to listen on: "127.0.0.1:8080", "[::1]:8080", "localhost:8080". ":8080" becomes "0.0.0.0:8080".
std::optional<std::string> ParseListenAddress(std::string_view text);

/// "10.0.0.0/8", "fc00::/7", or a single address.
bool IsCidr(std::string_view text);
/// A host name (letters, digits, "-", "_", "."), without a port.
bool IsHostName(std::string_view text);
/// A CIDR, a host name, an address, or one of the latter two with a port.
bool IsUpstream(std::string_view text);
/// "443", or "8000-8999": ports from 1, the lower one first.
bool IsPortRange(std::string_view text);
/// A host name in which "*" stands for any run of characters, or an address as in a Host field.
bool IsHostGlob(std::string_view lower_case);
/// "https://host[:port][/path]", without query or fragment.
bool IsBaseUrl(std::string_view text);
/// "https://host[:port]" and no more.
bool IsOriginUrl(std::string_view text);
/// "socks5://", "socks5h://", "http://" or "https://", then [user[:password]@]host[:port].
bool IsProxyUrl(std::string_view text);
/// A header field's name (RFC 9110 §5.1).
bool IsFieldName(std::string_view text);
/// 32 octets: 64 hex digits, or base64 or base64url.
bool IsSecretKey(std::string_view text);
/// 64 lower-case hex digits.
bool IsSha256(std::string_view text);

/// What is wrong with a path template, in words; empty: nothing.
/// \param captures  names of its captures, in order; "/**" captures `rest`.
std::string CheckPathTemplate(std::string_view path, std::vector<std::string>& captures);
/// The same for a text with captures in it, such as `item: "{id}"`.
std::string CheckCaptureText(std::string_view text, std::vector<std::string>& captures);

}  // namespace sluice::config
