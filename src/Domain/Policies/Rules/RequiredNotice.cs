using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>The ways in which a text requires the public to be notified.</summary>
public enum NoticeDuty
{
    PostedSign,
    SignBeforeActivation,
    Spoken,
    PublicPage,
}

/// <summary>A duty to notify the public, with the days before activation where the text states them.</summary>
public sealed record RequiredNotice([property: JsonRequired] NoticeDuty Duty, int? Days = null);
