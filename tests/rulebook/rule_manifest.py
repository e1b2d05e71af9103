"""Every rule of the reference by instrument, so that none can be lost: `ID` and five letters.

c computed, a assisted, h human · b block, w warn, d deadline, i inform · + or - verified · + or - article verified ·
c current, p partial, o older, n none was seen. Written from the reference, not from the files it is compared with.
"""

MANIFEST: dict[str, str] = {
    "TJ2019": """
        SEL-COND-07 hb-+n
        SEL-QUAL-08-1a cb-+o
        SEL-QUAL-08-1b ab-+o
        SEL-QUAL-08-2 cw++c
        SEL-QUAL-08-3a cb-+o
        SEL-QUAL-08-3b cb++c
        SEL-QUAL-08-4 cw-+o
        SEL-QUAL-08-5 cw++c
        SEL-QUAL-08-6 hb-+o
        SEL-QUAL-08-7 ab-+o
        SEL-QUAL-08-R hw-+n
        SEL-STEP-09 cb++c
        SEL-EXC-09a cb-+o
        SEL-EXC-09b hb-+o
        SEL-EXC-RPT cb+-c
        SEL-MOT-15 aw++c
        SEL-REC-16 cb++c
        SEL-REC-17 cb++c
        SEL-REC-18 cb++c
        SEL-REC-19 cb++c
        SEL-REC-20 cb++c
        SEL-INS-23 ab++c
        SEL-EXCL-24-1 hb++c
        SEL-EXCL-24-2 hb++c
        SEL-EXCL-24-3 cb++c
        SEL-EXCL-24-4 hb++c
        SEL-EXCL-24-5 cb++c
        SEL-EXCL-24-6 cb++c
        SEL-EXCL-24-7 hb++c
        SEL-INS-25 cw-+o
        SEL-INS-28a cb-+o
        SEL-INS-28b cb-+o
        SEL-INS-31a cb++c
        SEL-INS-31b cb++c
        SEL-INS-31c cb++c
        SEL-INS-31d ab++c
        SEL-INS-31e cb++c
        SEL-INS-31f ab++c
        SEL-INS-32 ab--o
        SEL-INS-33 cb--o
        SEL-DEC-34 ci+-c
        SEL-DEC-36 cb+-c
        SEL-DEC-37a cb+-c
        SEL-DEC-37b cb+-c
        SEL-DEC-37c cb+-c
        SEL-DEC-37d ab+-c
        SEL-DEC-AVO cb--o
        SEL-PUB-41 cb--o
        SEL-PRO-42 cd--o
        SEL-DATE-44 ci--o
        SEL-REM-54 ci+-c
        SEL-REU-56 cb+-c
        SEL-REU-UNF cb+-c
        SEL-REU-CON hb+-c
        SEL-DISC cb--n
        EXC-PAIR cw--o
        EXC-YOUNG ai--o
        SAN-MAX cb+-c
    """,
    "TJ2014": """
        SEL14-EXCL-24-2 cb--n
    """,
    "ZJ2019": """
        RNK-Y-01 cb+-c
        RNK-Y-02 cb+-c
        RNK-Y-03 cb+-c
        RNK-Y-04 cb+-c
        RNK-Y-05 cb+-p
        RNK-Y-06 cb+-c
        RNK-Y-07 cb+-p
        RNK-Y-08 cb+-c
        RNK-Y-09 cb+-p
        RNK-Y-10 cb+-c
        RNK-Y-11 cb+-c
        RNK-APPR cb+-p
        RNK-BAN cb+-c
        RNK-PROC cb+-p
        RNK-NOT-AUTO ai+-c
        RNK-DOWN cb+-c
        RNK-Q-CITY cb+-p
        RNK-Q-COUNTY cb+-p
        RNK-Q-PROV cb--p
        RNK-Q-SUBPROV cb+-p
        RNK-Q-CENT cb--n
        RNK-DATE ci--o
    """,
    "ZJ2015": "",
    "KH2020": """
        APP-EXC-20 cb+-c
        APP-PROC cb+-c
        APP-NG-25 cb++c
        APP-NG-26 cb++c
        APP-NG-27 cb++c
        APP-NG-28 cb++c
        APP-NG-29 cb++p
        APP-EFF-BASIC cb--n
        APP-REFUSE hb--o
    """,
    "PSKH2019": """
        APP-ROUT cw--n
    """,
    "GBKH2019": """
        APP-LDR-Q cb+-c
        APP-LDR-ROUT cb+-c
        APP-LDR-NOT ab+-c
        APP-LDR-7 hb--n
    """,
    "NSNX2022": """
        DWN-05-01 hb++c
        DWN-05-02 hb++c
        DWN-05-03 hb++c
        DWN-05-04 hb++c
        DWN-05-05 hb++c
        DWN-05-06 hb++c
        DWN-05-07 hb++c
        DWN-05-08 ab++c
        DWN-05-09 hb--n
        DWN-05-10 hb--n
        DWN-05-11 hb--n
        DWN-05-12 hb--n
        DWN-05-13 ab--n
        DWN-05-14 ab--n
        DWN-05-15 hb--n
        DWN-CHAN ci+-c
        DWN-PROC-5 cb--n
        DWN-EV ab--n
        DWN-MODE ci--n
        DWN-BACK cb+-c
    """,
    "GRSX2017": """
        PMR-WHO cb++c
        PMR-ITEM8 cb++c
        PMR-ITEM6 cb++c
        PMR-ANN cd++c
        PMR-CHG cd-+p
        PMR-NEW cd--o
        PMR-RAND ci-+n
        PMR-KEY cb-+o
    """,
    "CHCL2017": """
        PMR-OMIT ab++c
        PMR-HIDE ab++c
        PMR-CONSQ hb--n
    """,
    "HB2006": """
        AVO-HOME cb++c
        AVO-REFUSE hb++c
    """,
    "RQ2006": """
        TRM-5 ci++c
        TRM-STAB cw++c
        TRM-2 cb++c
        TRM-15 cb++c
    """,
    "JL2006": """
        EXC-10 cb++c
        EXC-10L cw++c
    """,
    "GWYHB2011": """
        AVO-KIN-DEF cb++c
    """,
    "GWYF2018": """
        SEL-MOT-VAC cb++c
        RNK-LADDER ci++c
        APP-KIND ci++c
        APP-DIM ci++c
        APP-GRADE cb++c
        APP-EFF-OK ci++c
        APP-EFF-FAIL cb++c
        AVO-KIN cb++c
        AVO-BIZ cb++c
        AVO-DUTY ab++c
        SAN-ADM-END ci++c
        SAN-POST ci++c
        SAN-DISMISS ci++c
        SAN-RESIGN cd++c
        TRN-67 cd-+p
        TRN-68 ci++c
        APL-95a cd++c
        APL-95b cd++c
        APL-96a cd++c
        APL-96b cd++c
        APL-96c cb++c
        APL-RE cd++p
        APL-COMM cb++c
        APL-FIX ad++c
    """,
    "ZWCF2020": """
        PMR-LAW hi++c
        SAN-ADM-W cb++c
        SAN-ADM-D cb++c
        SAN-ADM-M cb++c
        SAN-ADM-L cb++c
        SAN-ADM-R cb++c
        SAN-ADM-EFF cb++c
        SAN-ADM-MULTI ab++c
        SAN-CASE cb++c
        SAN-FILE cd++c
        SAN-HEAR cb++c
    """,
    "XZCF2007": """
        SAN-ADM-SEQ cb++c
    """,
    "JCF2024": """
        SAN-REV cd++c
    """,
    "DJCF2023": """
        SAN-PTY-W cb+-c
        SAN-PTY-S cb+-c
        SAN-PTY-R cb+-c
        SAN-PTY-P cb+-c
        SAN-PTY-X cb+-c
        SAN-PTY-SEQ cb--n
    """,
    "ZZCL2021": """
        SAN-ORG-1 cd--n
        SAN-ORG-2 cb--n
        SAN-ORG-3 cb+-p
        SAN-ORG-4 cb--n
        SAN-ORG-K ci++c
    """,
    "TXHJ2015": """
        SAN-ADMON cb+-p
        SAN-INQ cd--n
    """,
    "JYPX2023": """
        TRN-14-1 cb++c
        TRN-14-2 cw++c
        TRN-14-3 cd++c
        TRN-14-4 cw++c
        TRN-15 cb++c
    """,
    "GWYPX2019": "",
    "XF2022": """
        REP-CONF cb++c
        PET-15 cd++c
        PET-60 cd++c
        PET-HR ci++c
    """,
    "JJKG2020": """
        REP-15 cd+-c
        REP-FB cd+-c
        REP-5 cd++c
        REP-QUARTER cd++c
        REP-CLEAR ai++c
        REP-FALSE hb+-c
    """,
    "GS2000": """
        SEL-PUB-RES cd++c
    """,
    "SXBG2010": """
        SEL-RPT-LIST cb--n
    """,
    "FZDB2016": "",
    "JDJC2019": "",
    "DAGZ2018": """
        ARC-10 ci--o
        ARC-3-2-1 ab+-p
        ARC-SELF cb--n
        ARC-FILE cd--n
    """,
    "XDD2018": """
        TOL-3 hi+-c
        TOL-6 hi+-p
    """,
    "PIPL": """
        PIP-13 ab++c
        PIP-17 ab++c
        PIP-19 cd++c
        PIP-24 cb++c
        PIP-28 cb++c
        PIP-45 cd++c
        PIP-46 ad++c
        PIP-48 cb++c
        PIP-51 ai++c
        PIP-55 cb++c
        PIP-57 ad++c
        PIP-36 cb++c
        PIP-54 ai++c
    """,
    "CSL2025": """
        CSL-23 cb++c
    """,
    "GB22239": """
        SEC-L3-01 cb--n
        SEC-L3-02 cb--n
        SEC-L3-03 cb--n
        SEC-L3-04 cb--n
        SEC-L3-05 cb--n
        SEC-L3-06 cb--n
        SEC-L3-07 cb--n
        SEC-L3-08 cb--n
        SEC-L3-09 cb--n
        SEC-L3-10 cb--n
    """,
    "BMF2024": """
        BMF-30 hb++c
    """,
    "DAF2020": """
        ARC-E ai++c
    """,
    "DZ2017": "",
    "ZYDJ": """
        RNK-INST cw+-c
    """,
    "SEED": """
        SEL-REC-QUO cw--n
        APP-LATEWEIGHT cw--n
        DWN-PROC-6 cb+-c
        DWN-LIST-14 aw+-c
        TRN-SEED40 cw+-c
        TOL-EFF ci+-c
        YNG-THIRD cw+-c
        YNG-3TO1 cb+-c
        YNG-TALK cd+-c
        YNG-MIN cw+-c
        YNG-XDS ci--n
        YNG-OUT hb+-c
    """,
}
