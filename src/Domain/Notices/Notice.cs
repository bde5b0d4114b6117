using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>One item of a notice and its text.</summary>
public sealed record NoticeItem(string Item, string Text);

/// <summary>The texts for one fact, at the same position as the fact.</summary>
/// <param name="Line">What is captured and how.</param>
/// <param name="Technology">The technology that captures.</param>
/// <param name="CertaintyLine">How this is known, or that it is not.</param>
/// <param name="RuleLine">The texts that govern it; that it is under review when none permits it.</param>
/// <param name="RetentionLine">How long recordings are retained.</param>
public sealed record FactText(string Line, string Technology, string CertaintyLine, string RuleLine, string RetentionLine)
{
    /// <summary>That this is not allowed, in strong plain words; empty where every device of the fact may do it.</summary>
    public string ExceedsLine { get; init; } = "";
}

/// <summary>A notice in one language. The first layer has what every reader needs, the second layer the details.</summary>
public sealed record NoticeText(
    string Direction,
    bool Reviewed,
    ImmutableArray<FactText> Facts,
    ImmutableArray<NoticeItem> FirstLayer,
    ImmutableArray<NoticeItem> SecondLayer
)
{
    /// <summary>What is read first, in five seconds.</summary>
    public FirstView FirstView { get; init; } = FirstView.None;
}

/// <summary>The facts of a notice, and the texts for them in every language of the city.</summary>
public sealed record NoticeBody(ImmutableArray<NoticeFact> Facts, ImmutableSortedDictionary<string, NoticeText> Languages);

/// <summary>
/// The content of a place's notice, before it is numbered and signed. A notice with equal content is not issued again.
/// </summary>
/// <param name="Now">The captures that are, or may be, made now.</param>
/// <param name="Worst">The worst case, which a screen shows when it cannot confirm.</param>
/// <param name="Missing">Items without a stated value: "not stated" on the notice, and a finding for staff.</param>
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
