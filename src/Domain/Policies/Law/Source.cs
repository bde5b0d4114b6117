using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// How reliable a stated fact is: checked against the named source; reported by a secondary source; or unsure, and then never on a sign.
/// </summary>
public enum Confidence
{
    Sourced,
    Secondary,
    Unsure,
}

/// <summary>The source of a fact.</summary>
/// <param name="Title">The source in words.</param>
/// <param name="Url">Its address, or null when it has none.</param>
/// <param name="ReadOn">The day on which it was read.</param>
/// <param name="Confidence">How reliable it is.</param>
public sealed record Source(string Title, string? Url, DateOnly ReadOn, [property: JsonRequired] Confidence Confidence)
{
    /// <summary>The address as a page may link to it; null when there is none, or when an older version recorded one that is not
    /// https.</summary>
    [JsonIgnore]
    public string? Link => IsLink(Url) ? Url : null;

    /// <summary>Whether a text is a web address that a public page may link to.</summary>
    public static bool IsLink(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps;
}
