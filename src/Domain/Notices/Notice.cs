using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>One sentence of a notice: which item it is, and its words.</summary>
public sealed record NoticeItem(string Item, string Text);

/// <summary>The words for one fact, beside the fact of the same position.</summary>
/// <param name="Line">What is captured and how.</param>
/// <param name="Technology">The technology that does it.</param>
/// <param name="CertaintyLine">How that is known, or that it is not.</param>
/// <param name="RuleLine">Under which texts; that it is under review when none allows it.</param>
/// <param name="RetentionLine">How long it stays.</param>
public sealed record FactText(string Line, string Technology, string CertaintyLine, string RuleLine, string RetentionLine);

/// <summary>A notice in one language: first what everybody needs, then the rest.</summary>
public sealed record NoticeText(
    string Direction,
    bool Reviewed,
    ImmutableArray<FactText> Facts,
    ImmutableArray<NoticeItem> FirstLayer,
    ImmutableArray<NoticeItem> SecondLayer
);

/// <summary>One face of a notice: its facts, and the words for them in every language of the city.</summary>
public sealed record NoticeBody(ImmutableArray<NoticeFact> Facts, ImmutableSortedDictionary<string, NoticeText> Languages);

/// <summary>
/// What a place's notice says, before it is numbered and signed. Two notices with the same content are the same notice.
/// </summary>
/// <param name="Now">What is, or may be, captured now.</param>
/// <param name="Worst">The worst case, which a screen shows when it cannot confirm.</param>
/// <param name="Missing">Items that nobody has stated, as "not stated" on the notice and as a finding for staff.</param>
public sealed record NoticeContent(
    string Place,
    string Name,
    string City,
    bool IsSample,
    int ValidSeconds,
    NoticeBody Now,
    NoticeBody Worst,
    ImmutableArray<string> Missing
);
