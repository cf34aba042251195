// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How long each struct was in its first release, in bytes. A reader that was built with a later release must still
/// take a struct of this length from a writer of the first; `sizeof` would refuse it.

#include <cstddef>

struct sluice_source;
struct sluice_principal;
struct sluice_account;
struct sluice_item;
struct sluice_release;
struct sluice_rewritten_manifest;
struct sluice_link_order;
struct sluice_reference;
struct sluice_destination;
struct sluice_manifest_finding;
struct sluice_media_item;
struct sluice_route;
struct sluice_reply;
struct sluice_log_service;
struct sluice_metrics_service;
struct sluice_http_service;
struct sluice_kv_service;
struct sluice_clock_service;
struct sluice_secrets_service;
struct sluice_links_service;
struct sluice_admin_service;
struct sluice_database_service;
struct sluice_component;
struct sluice_usage;
struct sluice_usage_service;
struct sluice_tasks_service;
struct sluice_sessions_service;
struct sluice_components_service;

namespace sluice::sdk::detail {

/// Never changes for a given T; tests/abi/layout.inc holds the same numbers.
template <typename T>
inline constexpr std::size_t kFirstReleaseBytes = 0;

template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_source> = 64;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_principal> = 80;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_account> = 48;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_item> = 96;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_release> = 112;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_rewritten_manifest> = 40;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_link_order> = 80;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_reference> = 48;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_destination> = 24;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_manifest_finding> = 48;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_media_item> = 64;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_route> = 56;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_reply> = 40;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_log_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_metrics_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_http_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_kv_service> = 48;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_clock_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_secrets_service> = 56;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_links_service> = 24;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_admin_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_database_service> = 32;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_component> = 64;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_usage> = 96;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_usage_service> = 24;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_tasks_service> = 24;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_sessions_service> = 64;
template <>
inline constexpr std::size_t kFirstReleaseBytes<sluice_components_service> = 24;

}  // namespace sluice::sdk::detail
