// Every geographic area code of the North American numbering plan, in service or assigned, with its states and all its zones.
// Kept by hand; scripts/geography/check-area-codes.ts compares it with two independent sources and records how each difference
// was settled.

import type { AreaCode } from "../geography/types.ts";

/**
 * One line per set of zones of a country's state (or states, joined by "+"): `country states zones: complexes`. Codes joined by
 * "/" overlay one another, so they have the same places. Zones inside one state that differ only in the past are written as the
 * neighbouring one (Indiana's counties, Kentucky/Monticello, North_Dakota/*, Alaska's panhandle).
 */
const TABLE = `
US AL America/Chicago: 205/659 251 256/938
US AL America/Chicago America/New_York: 334/483
US AK America/Anchorage America/Adak: 907
US AZ America/Phoenix: 480/602/623 520
US AZ America/Phoenix America/Denver: 928
US AR America/Chicago: 479 501 870/327
US CA America/Los_Angeles: 209/350 213/323/738 310/424 408/669 415/628 510/341 530/837 559/357 562 619/858 626 650 657/714 661 707/369
US CA America/Los_Angeles: 747/818 760/442 805/820 831 909/840 916/279 925 949 951
US CO America/Denver: 303/720/983 719 970/748
US CT America/New_York: 203/475 860/959
US DE America/New_York: 302
US DC America/New_York: 202/771
US FL America/New_York: 239 305/786/645 321/407/689 352 386 561/728 727 754/954 772 813/656 863 904/324 941
US FL America/New_York America/Chicago: 850/448
US GA America/New_York: 229 404/470/678/770/943 478 706/762 912/565
US HI Pacific/Honolulu: 808
US ID America/Boise America/Los_Angeles: 208/986
US IL America/Chicago: 217/447 309/861 312/773/872 331/630 464/708 618/730 779/815 224/847
US IN America/Indiana/Indianapolis: 260 317/463 765
US IN America/Chicago America/Indiana/Indianapolis: 219
US IN America/Indiana/Indianapolis America/Indiana/Knox: 574
US IN America/Indiana/Indianapolis America/Chicago: 812/930
US IA America/Chicago: 319 515 563 641 712
US KS America/Chicago: 316 913
US KS America/Chicago America/Denver: 620 785
US KY America/Chicago America/New_York: 270/364
US KY America/Kentucky/Louisville: 502
US KY America/New_York America/Chicago: 606
US KY America/New_York: 859
US LA America/Chicago: 225 318/457 337 504 985
US ME America/New_York: 207
US MD America/New_York: 240/301/227 410/443/667
US MA America/New_York: 339/781 351/978 413 508/774 617/857
US MI America/Detroit: 231 248/947 269 313/734/679 517 586 616 810 989
US MI America/Detroit America/Menominee: 906
US MN America/Chicago: 218 320 507/924 612 651 763 952
US MS America/Chicago: 228 601/769 662/471
US MO America/Chicago: 314/557 417 573/235 636 660 816/975
US MT America/Denver: 406
US NE America/Chicago America/Denver: 308 402/531
US NV America/Los_Angeles: 702/725
US NV America/Los_Angeles America/Denver: 775
US NH America/New_York: 603
US NJ America/New_York: 201/551 609/640 732/848 856 862/973 908
US NM America/Denver: 505 575
US NY America/New_York: 212/332/646/917/347/718/929/465 315/680 363/516 518/838 585 607 631/934 716/624 845/329 914
US NC America/New_York: 252 336/743 704/980 828 910/472 919/984
US ND America/Chicago America/Denver: 701
US OH America/New_York: 216 220/740 234/330 283/513 326/937 380/614 419/567 440/436
US OK America/Chicago: 405/572 539/918 580
US OR America/Los_Angeles: 503/971
US OR America/Los_Angeles America/Boise: 541/458
US PA America/New_York: 215/267/445 223/717 272/570 412/724/878 484/610/835 582/814
US RI America/New_York: 401
US SC America/New_York: 803/839 821/864 843/854
US SD America/Chicago America/Denver: 605
US TN America/New_York America/Chicago: 423/729
US TN America/Chicago: 615/629 731 901 931
US TN America/New_York: 865
US TX America/Chicago: 210/726 214/469/972/945 254 281/346/713/832/621 325 361 409 430/903 432 512/737 682/817 806 830 936 940 956 979
US TX America/Denver: 915
US UT America/Denver: 385/801 435
US VT America/New_York: 802
US VA America/New_York: 276 434 540/826 571/703 757/948 804/686
US WA America/Los_Angeles: 206/253/360/425/564 509
US WV America/New_York: 304/681
US WI America/Chicago: 262 414 534/715 608/353 920/274
US WY America/Denver: 307
US PR America/Puerto_Rico: 787/939
US VI America/St_Thomas: 340
US GU Pacific/Guam: 671
US MP Pacific/Saipan: 670
US AS Pacific/Pago_Pago: 684
CA AB America/Edmonton: 403/587/780/825/368
CA BC America/Vancouver: 604
CA BC America/Vancouver America/Edmonton America/Fort_Nelson: 250/778/236/672/257
CA MB America/Winnipeg: 204/431/584
CA NB America/Moncton: 506/428
CA NL America/St_Johns America/Goose_Bay: 709/879
CA NS+PE America/Halifax: 902/782
CA YT+NT+NU America/Whitehorse America/Edmonton America/Inuvik America/Rankin_Inlet America/Iqaluit America/Atikokan: 867
CA ON America/Toronto: 226/519/548/382 249/705/683 289/365/905/742 343/613/753 416/437/647/942
CA ON America/Toronto America/Winnipeg America/Atikokan: 807
CA QC America/Toronto: 438/514/263 450/579/354 819/873/468
CA QC America/Toronto America/Halifax America/Blanc-Sablon: 418/581/367/273
CA SK America/Regina America/Edmonton America/Winnipeg: 306/639/474
AG - America/Antigua: 268
AI - America/Anguilla: 264
BB - America/Barbados: 246
BM - Atlantic/Bermuda: 441
BS - America/Nassau: 242
DM - America/Dominica: 767
DO - America/Santo_Domingo: 809/829/849
GD - America/Grenada: 473
JM - America/Jamaica: 658/876
KN - America/St_Kitts: 869
KY - America/Cayman: 345
LC - America/St_Lucia: 758
MS - America/Montserrat: 664
SX - America/Lower_Princes: 721
TC - America/Grand_Turk: 649
TT - America/Port_of_Spain: 868
VC - America/St_Vincent: 784
VG - America/Tortola: 284
`;

/** Toll-free codes in service. */
const TOLL_FREE = [800, 833, 844, 855, 866, 877, 888];

/**
 * Codes without a place: personal numbers and machine-to-machine (500 and the other 5XX codes opened for these), Canadian
 * non-geographic services (600 and similar codes), carrier services (700), the federal government (710) and premium rate (900).
 */
const PLACELESS = [
  500, 521, 522, 523, 524, 525, 526, 527, 528, 529, 532, 533, 535, 538, 542, 543, 544, 545, 546, 547, 549, 550, 552, 553, 554,
  556, 566, 569, 577, 578, 588, 589, 600, 622, 633, 644, 655, 677, 688, 700, 710, 900,
];

/** An area code with the codes that overlay it. */
interface AreaCodeLine extends AreaCode {
  readonly complexes: readonly (readonly number[])[];
}

/** The table, line by line. */
export function areaCodeLines(): AreaCodeLine[] {
  return TABLE.trim()
    .split("\n")
    .map((line) => {
      const [place = "", codes = ""] = line.split(": ");
      const [country = "", states = "", ...zones] = place.split(" ");
      const complexes = codes.split(" ").map((complex) => complex.split("/").map(Number));
      return { country, states: states === "-" ? [] : states.split("+"), zones, complexes };
    });
}

/** Area codes by number, 200..999. */
export function areaCodeTable(): (AreaCode | undefined)[] {
  const table: (AreaCode | undefined)[] = [];
  for (const { country, states, zones, complexes } of areaCodeLines()) {
    const place: AreaCode = { country, states, zones };
    for (const code of complexes.flat()) table[code] = place;
  }
  return table;
}

/** Codes in service that have no place. */
export function nonGeographicCodes(): ReadonlySet<number> {
  return new Set([...TOLL_FREE, ...PLACELESS]);
}
