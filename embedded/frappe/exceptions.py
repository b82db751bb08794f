"""The exceptions of Frappe's API that an app raises, catches or sees as a reply."""


class ValidationError(Exception):
	"""A rule refuses what was asked."""

	http_status_code = 417


class FrappeTypeError(TypeError):
	"""An argument of a whitelisted function has the wrong type."""

	http_status_code = 417


class AuthenticationError(Exception):
	"""The caller could not be identified."""

	http_status_code = 401


class SessionExpired(Exception):
	"""The session is over."""

	http_status_code = 401


class PermissionError(Exception):
	"""The caller may not do this."""

	http_status_code = 403


class DoesNotExistError(ValidationError):
	"""The document, DocType or page does not exist."""

	http_status_code = 404


class PageDoesNotExistError(ValidationError):
	"""The web page does not exist."""

	http_status_code = 404


class NameError(Exception):
	"""The name is taken or cannot be used."""

	http_status_code = 409


class DuplicateEntryError(NameError):
	"""A document of this name exists."""


class Redirect(Exception):
	"""The page is elsewhere (`frappe.local.flags.redirect_location`)."""

	http_status_code = 301


class CSRFTokenError(Exception):
	"""An unsafe request of a cookie session lacks its token."""

	http_status_code = 400


class RateLimitExceededError(ValidationError):
	"""The caller asks one function too often."""

	http_status_code = 429


class SessionStopped(Exception):
	"""The site is in maintenance."""

	http_status_code = 503


class QueryTimeoutError(Exception):
	"""A lock was not to be had in time."""


class QueryDeadlockError(Exception):
	"""Two transactions waited for each other; this one was rolled back."""


class RetryBackgroundJobError(Exception):
	"""A job asks to be run again."""


class DocumentLockedError(ValidationError):
	"""Somebody else holds the document's lock."""


class MandatoryError(ValidationError):
	"""A mandatory field is empty."""


class NonNegativeError(ValidationError):
	"""A number is below zero where it must not be."""


class DataError(ValidationError):
	"""A query names what may not be asked."""


class CannotChangeConstantError(ValidationError):
	"""A field that is set only once was changed."""


class CharacterLengthExceededError(ValidationError):
	"""A text is longer than its column."""


class UpdateAfterSubmitError(ValidationError):
	"""A submitted document was changed in a field that does not allow it."""


class LinkValidationError(ValidationError):
	"""A Link names a document that does not exist."""


class CancelledLinkError(LinkValidationError):
	"""A Link names a cancelled document."""


class DocstatusTransitionError(ValidationError):
	"""Draft, submitted, cancelled: this step is not among the allowed ones."""


class TimestampMismatchError(ValidationError):
	"""The document was changed by somebody else in the meantime."""


class LinkExistsError(ValidationError):
	"""Another document still refers to this one."""


class UniqueValidationError(ValidationError):
	"""A value that must be unique is taken."""


class InvalidEmailAddressError(ValidationError):
	"""This is not an e-mail address."""


class InvalidNameError(ValidationError):
	"""This cannot be a document's name."""


class InvalidPhoneNumberError(ValidationError):
	"""This is not a telephone number."""


class TemplateNotFoundError(ValidationError):
	"""The template does not exist."""


class PrintFormatError(ValidationError):
	"""The print format cannot be rendered."""


class AppNotInstalledError(ValidationError):
	"""The app is not installed on this site."""


class IncorrectSitePath(ValidationError):
	"""There is no such site."""

	http_status_code = 404


class SecurityException(Exception):
	"""Something unsafe was asked for."""

	http_status_code = 417


class MaxFileSizeReachedError(ValidationError):
	"""The file is too large."""
