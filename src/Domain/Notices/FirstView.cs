using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>
/// What a person reads of a notice in five seconds: what is recorded here, a row for each capture, and who, why, one rule, one retention.
/// Everything else is behind it, in the two layers.
/// </summary>
/// <param name="Headline">What is recorded here, with the certainty of it. It names the most; the rows say each.</param>
/// <param name="Rows">One for each capture; where none is or may be made, one for each that the devices can make.</param>
/// <param name="Items">Who, why, one rule, one retention, and where to read more.</param>
public sealed record FirstView(string Headline, ImmutableArray<ViewRow> Rows, ImmutableArray<ViewItem> Items)
{
    /// <summary>The most words of a view of one fact, with the line of the place.</summary>
    public const int MaxWords = 60;

    /// <summary>How many words each further fact, or capture that is off, may add.</summary>
    public const int MaxWordsOfFact = 20;

    /// <summary>The view of a notice that has none, as versions before it issued them.</summary>
    public static FirstView None { get; } = new("", [], []);
}

/// <summary>A capture, and what is known of it: what devices report, and what other devices may be doing.</summary>
/// <param name="Capture">Null for the row that says that devices of others may be present.</param>
public sealed record ViewRow(Capture? Capture, ImmutableArray<ViewState> States);

/// <summary>One thing that is known of a capture.</summary>
/// <param name="Text">The capture and its mode.</param>
/// <param name="Detail">Since when, or why it is not known.</param>
/// <param name="Exceeds">That no rule allows it, or another thing that forbids it; empty where it is allowed.</param>
/// <param name="Facts">The positions of its facts in the notice.</param>
public sealed record ViewState(string Text, string Detail, string Exceeds, ImmutableArray<int> Facts);

/// <summary>An item of the first view, with its label.</summary>
public sealed record ViewItem(string Item, string Label, string Text);
