namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>Something that the command needs is missing: one sentence for the user, exit code 3.</summary>
internal sealed class PrerequisiteException(string sentence) : Exception(sentence);
