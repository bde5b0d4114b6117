using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>Whether the public may obtain the recordings.</summary>
public enum RecordsAccessKind
{
    Open,
    Conditions,
    Exempt,
    NotKnown,
}

/// <summary>Access to recordings as public records, in the words of the text.</summary>
public sealed record RecordsAccess([property: JsonRequired] RecordsAccessKind Access, string? Text = null);
