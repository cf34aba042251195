// SPDX-License-Identifier: MIT
#include "devices.hpp"

namespace sluice::plugins::pool {

Json JsonOf(const Device& device) {
  return Json{
      {"id", device.id}, {"label", device.label}, {"first_seen", device.first_seen}, {"last_seen", device.last_seen}};
}

sdk::Result<std::vector<Device>> ReadDevices(const sdk::Host& host, const sdk::Call& call, std::string_view user,
                                             std::int64_t limit, const std::optional<Place>& after) {
  Query query("SELECT device, label, first_seen, last_seen FROM {devices}");
  query.Where("user_id = ?", user);
  if (after) query.WhereBehind("first_seen, device", ">", *after);
  query.Then(" ORDER BY first_seen, device");
  query.Limit(limit);
  const auto rows = query.Run(host, call);
  if (!rows) return rows.error();
  std::vector<Device> devices;
  for (const auto& row : rows->rows) {
    devices.push_back(
        {.id = row[0].text, .label = row[1].text, .first_seen = row[2].integer, .last_seen = row[3].integer});
  }
  return devices;
}

sdk::Result<bool> DropDevice(const sdk::Host& host, const sdk::Call& call, std::string_view user,
                             std::string_view device) {
  bool is_gone = false;
  const auto done = host.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto dropped =
        Change(transaction, "DELETE FROM {devices} WHERE user_id = $1 AND device = $2", {user, device});
    if (!dropped) return dropped.error();
    is_gone = *dropped == 1;
    return sdk::Ok();
  });
  if (!done) return done.error();
  return is_gone;
}

}  // namespace sluice::plugins::pool
