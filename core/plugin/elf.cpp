// SPDX-License-Identifier: MIT
#include "core/plugin/elf.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace sluice::plugin {
namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
constexpr std::uint64_t kRelative = R_X86_64_RELATIVE;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
constexpr std::uint64_t kRelative = R_AARCH64_RELATIVE;
#else
#error "add the ELF machine number and relative relocation of this processor"
#endif

sdk::Error Found(std::string what) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(what)}; }

sdk::Status CheckHeader(const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return Found("a 32-bit ELF file");
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) return Found("a big-endian ELF file");
  if (header.e_type != ET_DYN) return Found("an ELF file of type " + std::to_string(header.e_type));
  if (header.e_machine != kMachine) {
    return Found("an ELF file for machine " + std::to_string(header.e_machine) + " (this one is " +
                 std::to_string(kMachine) + ")");
  }
  return sdk::Ok();
}

}  // namespace

template <typename T>
std::optional<T> ElfFile::At(std::uint64_t offset) const {
  if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes_.data() + offset, sizeof(T));
  return value;
}

std::optional<std::string> ElfFile::TextAt(std::uint64_t offset, std::uint64_t end) const {
  end = std::min<std::uint64_t>(end, bytes_.size());
  if (offset >= end) return std::nullopt;
  const auto rest = bytes_.substr(offset, end - offset);
  const auto length = rest.find('\0');
  if (length == std::string_view::npos) return std::nullopt;
  return std::string(rest.substr(0, length));
}

std::optional<std::uint64_t> ElfFile::OffsetOf(std::uint64_t address) const {
  for (const auto& segment : segments_) {
    if (address >= segment.address && address - segment.address < segment.size_bytes) {
      return segment.offset + (address - segment.address);
    }
  }
  return std::nullopt;
}

sdk::Result<ElfFile> ElfFile::Parse(std::string_view bytes) {
  if (bytes.empty()) return Found("an empty file");
  if (!bytes.starts_with(std::string_view(ELFMAG, SELFMAG))) return Found("a file that is not ELF");
  ElfFile file(bytes);
  auto status = file.Read();
  if (!status) return std::move(status).error();
  return file;
}

sdk::Status ElfFile::Read() {
  const auto truncated = Found("a truncated ELF file of " + std::to_string(bytes_.size()) + " bytes");
  const auto header = At<Elf64_Ehdr>(0);
  if (!header) return truncated;
  if (auto status = CheckHeader(*header); !status) return status;
  for (std::uint64_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = At<Elf64_Phdr>(header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return truncated;
    if (segment->p_type != PT_LOAD) continue;
    if (segment->p_offset > bytes_.size() || segment->p_filesz > bytes_.size() - segment->p_offset) return truncated;
    segments_.push_back({segment->p_vaddr, segment->p_offset, segment->p_filesz});
  }
  std::vector<Elf64_Shdr> headers;
  for (std::uint64_t i = 0; i < header->e_shnum; ++i) {
    const auto section = At<Elf64_Shdr>(header->e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) return truncated;
    const bool in_file = section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL;
    if (in_file && (section->sh_offset > bytes_.size() || section->sh_size > bytes_.size() - section->sh_offset)) {
      return truncated;
    }
    headers.push_back(*section);
  }
  if (header->e_shstrndx >= headers.size()) return Found("an ELF file without section names");
  const auto& names = headers[header->e_shstrndx];
  for (const auto& section : headers) {
    sections_.push_back(TextAt(names.sh_offset + section.sh_name, names.sh_offset + names.sh_size).value_or(""));
    if (section.sh_type == SHT_DYNSYM && section.sh_link < headers.size()) {
      const auto& strings = headers[section.sh_link];
      for (std::uint64_t at = sizeof(Elf64_Sym); at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
        const auto symbol = At<Elf64_Sym>(section.sh_offset + at);
        if (!symbol || ELF64_ST_BIND(symbol->st_info) == STB_LOCAL) continue;
        symbols_.push_back(
            {.name = TextAt(strings.sh_offset + symbol->st_name, strings.sh_offset + strings.sh_size).value_or(""),
             .defined = symbol->st_shndx != SHN_UNDEF,
             .object = ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT,
             .unique = ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE,
             .address = symbol->st_value,
             .size_bytes = symbol->st_size});
      }
    } else if (section.sh_type == SHT_RELA) {
      for (std::uint64_t at = 0; at + sizeof(Elf64_Rela) <= section.sh_size; at += sizeof(Elf64_Rela)) {
        const auto entry = At<Elf64_Rela>(section.sh_offset + at);
        if (!entry || ELF64_R_TYPE(entry->r_info) != kRelative) continue;
        relocations_.push_back({entry->r_offset, static_cast<std::uint64_t>(entry->r_addend)});
      }
    }
  }
  return sdk::Ok();
}

bool ElfFile::HasSection(std::string_view name) const {
  return std::find(sections_.begin(), sections_.end(), name) != sections_.end();
}

const ElfFile::Symbol* ElfFile::FindSymbol(std::string_view name) const {
  const auto found = std::find_if(symbols_.begin(), symbols_.end(),
                                  [&](const Symbol& symbol) { return symbol.defined && symbol.name == name; });
  return found == symbols_.end() ? nullptr : &*found;
}

std::optional<std::string> ElfFile::PointedText(std::uint64_t address) const {
  const auto relocation = std::find_if(relocations_.begin(), relocations_.end(),
                                       [&](const Relocation& entry) { return entry.address == address; });
  std::uint64_t target = 0;
  if (relocation != relocations_.end()) {
    target = relocation->target;
  } else {  // packed relocations (RELR) leave the target in place
    const auto offset = OffsetOf(address);
    const auto in_place = offset ? At<std::uint64_t>(*offset) : std::nullopt;
    if (!in_place || *in_place == 0) return std::nullopt;
    target = *in_place;
  }
  const auto offset = OffsetOf(target);
  return offset ? TextAt(*offset, bytes_.size()) : std::nullopt;
}

}  // namespace sluice::plugin
