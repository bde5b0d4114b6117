namespace SurveillanceRegistry.Registry.Configuration;

/// <summary>A command or setting is wrong: one sentence for the user, exit code 2.</summary>
internal sealed class UsageException(string sentence) : Exception(sentence);
