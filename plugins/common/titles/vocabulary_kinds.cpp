// SPDX-License-Identifier: MIT
#include "common/titles/vocabulary.hpp"

namespace sluice::plugins::titles {
namespace {

constexpr Row kRows[] = {
    // How much of it.
    {"complete series|complete season|complete seasons|complete collection|complete tv series|complete show|"
     "the complete series|complete mini series|complete miniseries|full series|complete box set|complete boxset|"
     "the complete collection|boxset|box set|complete batch|season pack|serie complete|série complète|serie completa|"
     "complete anime|all seasons|complete 1st season|tv series complete|série completa|série complete",
     "", Field::kComplete, kStrong},
    {"mini series|miniseries|complete|the complete|komplett|batch|"
     "integrale|intégrale|completa|completo|complet|kompletna|kompletny|collection|trilogy|"
     "duology|"
     "quadrilogy|tetralogy|pentalogy|hexalogy|trilogie|trilogia|anthology|filmography|movie collection|dilogy",
     "", Field::kComplete, kWeak},
    // Which making of it.
    {"directors cut|director s cut|director cut|directors edition|director s edition|dir cut", "Director's Cut",
     Field::kEdition, kStrong},
    {"dc", "Director's Cut", Field::kEdition, kTail | kUpper},
    {"extended cut|extended edition|extended version|extended directors cut|extended director s cut|extended "
     "remastered",
     "Extended Edition", Field::kEdition, kStrong},
    {"extended cut|extended edition|extended version|extended directors cut|extended director s cut|extended "
     "remastered",
     "", Field::kExtended, kStrong},
    {"extended|ext", "", Field::kExtended, kWeak},
    {"theatrical cut|theatrical version|theatrical edition|theatrical release", "Theatrical", Field::kEdition, kStrong},
    {"theatrical", "Theatrical", Field::kEdition, kWeak},
    {"final cut", "Final Cut", Field::kEdition, kStrong},
    {"the final cut", "Final Cut", Field::kEdition, kTail},
    {"ultimate cut|ultimate edition|ultimate collectors edition|ultimate collector s edition", "Ultimate Edition",
     Field::kEdition, kStrong},
    {"special edition", "Special Edition", Field::kEdition, kStrong},
    {"collectors edition|collector s edition|collector edition", "Collector's Edition", Field::kEdition, kStrong},
    {"anniversary edition|10th anniversary edition|15th anniversary edition|20th anniversary edition|"
     "25th anniversary edition|30th anniversary edition|35th anniversary edition|40th anniversary edition|"
     "50th anniversary edition|25th anniversary|30th anniversary|40th anniversary|50th anniversary",
     "Anniversary Edition", Field::kEdition, kStrong},
    {"limited edition", "Limited Edition", Field::kEdition, kStrong},
    {"deluxe edition", "Deluxe Edition", Field::kEdition, kStrong},
    {"diamond edition", "Diamond Edition", Field::kEdition, kStrong},
    {"criterion|criterion collection|the criterion collection|criterion edition|cc", "Criterion", Field::kEdition,
     kTail},
    {"imax|imax edition|imax enhanced|imax remastered", "IMAX", Field::kEdition, kWeak},
    {"uncut|uncut edition|uncut version", "Uncut", Field::kEdition, kWeak},
    {"open matte|openmatte", "Open Matte", Field::kEdition, kStrong},
    {"redux", "Redux", Field::kEdition, kTail},
    {"alternate cut|alternative cut|alternate ending|producers cut|producer s cut|assembly cut|workprint cut",
     "Alternative Cut", Field::kEdition, kStrong},
    {"rogue cut|the rogue cut", "Rogue Cut", Field::kEdition, kTail},
    {"fan edit|fanedit|despecialized|despecialized edition|fanres", "Fan Edit", Field::kEdition, kStrong},
    {"noir edition|black and chrome|black chrome|black and white edition", "Black and White", Field::kEdition, kStrong},
    {"remastered|remaster|4k remastered|4k remaster|digitally remastered|restored|4k restoration|4k restored|hd "
     "remaster",
     "", Field::kRemastered, kWeak},
    {"unrated|unrated cut|unrated edition|not rated", "", Field::kUnrated, kWeak},
    {"uncensored|uncen|decensored", "", Field::kUncensored, kWeak},
    {"convert", "", Field::kConvert, kTail},
    {"documentary|docu", "", Field::kDocumentary, kTail},
    // Which release of it.
    {"proper|real proper|proper2|proper3", "", Field::kProper, kWeak},
    {"repack|rerip|repack2|repack3|repack4|rerip2", "", Field::kRepack, kWeak},
    {"retail|dvdretail", "", Field::kRetail, kWeak},
    {"internal|int|real|hybrid|limited|festival|fest|readnfo|read nfo|nfofix|dirfix|subfix|syncfix|sourcefix|prooffix|"
     "dubfix|anime|tv|custom|rip|encode|dl only|stv|screens|subpack|nfo fix|dir fix|untouched|tbs",
     "", Field::kNone, kTail},
    {"end|fin|final|v2|v3|v4|v0", "", Field::kNone, kTail},
    // What kind of thing it is.
    {"oav", "OVA", Field::kReleaseType, kStrong},
    {"specials|tv specials", "Special", Field::kReleaseType, kWeak},
    {"special|tv special|christmas special|xmas special", "Special", Field::kReleaseType, kTail},
    {"creditless opening|clean opening|creditless op|textless op|textless opening", "NCOP", Field::kReleaseType,
     kStrong},
    {"creditless ending|clean ending|creditless ed|textless ed|textless ending", "NCED", Field::kReleaseType, kStrong},
    {"creditless", "NCOP", Field::kReleaseType, kTail},
    {"trailer|trailers|official trailer|teaser|teaser trailer|theatrical trailer|promo|tv spot", "Trailer",
     Field::kReleaseType, kTail},
    {"sample|samples", "Sample", Field::kReleaseType, kTail},
    {"featurette|featurettes|making of|the making of|behind the scenes|bts|deleted scenes|deleted scene|gag reel|"
     "bloopers|interview|interviews|bonus|bonus disc|bonus features|extras|extra|blooper reel|outtakes",
     "Extra", Field::kReleaseType, kTail},
};

}  // namespace

std::span<const Row> KindRows() { return kRows; }

}  // namespace sluice::plugins::titles
